/**
 * The look of a room in an HTML file: as on the chat page, in both schemes, and
 * black on white on paper. A day that is not in view costs no layout.
 */
export const EXPORT_STYLE = `:root {
  color-scheme: light dark;
  --paper: #f6f2ea;
  --line: #ddd5c6;
  --ink: #1c2b2c;
  --ink-soft: #586566;
  --petrol: #0d5a5d;
  --flame-wash: #fbe6d8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121919;
    --line: #2c3839;
    --ink: #e9ece6;
    --ink-soft: #a2b1ae;
    --petrol: #74c9be;
    --flame-wash: #3b2619;
  }
}
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff;
    --line: #cccccc;
    --ink: #000000;
    --ink-soft: #444444;
    --petrol: #000000;
    --flame-wash: #eeeeee;
  }
}
* {
  margin: 0;
  box-sizing: border-box;
}
body {
  max-width: 50rem;
  margin-inline: auto;
  padding: 1.5rem 1rem 4rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Cantarell, Ubuntu,
    Roboto, "Noto Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1 {
  font-size: 1.5rem;
  line-height: 1.25;
}
.topic {
  margin-top: 0.25rem;
}
.note {
  margin-top: 0.25rem;
  color: var(--ink-soft);
  font-size: 0.875rem;
}
section {
  content-visibility: auto;
  contain-intrinsic-size: auto 40rem;
}
h2 {
  margin: 2rem 0 0.5rem;
  padding-bottom: 0.25rem;
  border-bottom: 1px solid var(--line);
  color: var(--ink-soft);
  font-size: 0.9375rem;
}
article, .change {
  display: grid;
  grid-template-columns: 3.5rem minmax(0, 1fr);
  padding: 0.125rem 0.5rem;
  border-radius: 0.375rem;
}
article:not(.same), .change {
  margin-top: 0.5rem;
}
.change {
  color: var(--ink-soft);
}
:target {
  background: var(--flame-wash);
}
a {
  color: var(--petrol);
}
.time {
  color: var(--ink-soft);
  font-size: 0.8125rem;
  font-variant-numeric: tabular-nums;
  line-height: 1.5rem;
  text-decoration: none;
}
.author {
  color: var(--petrol);
  font-weight: 600;
}
.text {
  unicode-bidi: plaintext;
  white-space: pre-wrap;
}
.reply {
  font-size: 0.875rem;
}
.reply a {
  color: var(--ink-soft);
}
.removed {
  color: var(--ink-soft);
  font-style: italic;
}
.marks {
  display: flex;
  flex-wrap: wrap;
  gap: 0.125rem 0.5rem;
  color: var(--ink-soft);
  font-size: 0.8125rem;
}
.reaction {
  padding-inline: 0.375rem;
  border: 1px solid var(--line);
  border-radius: 0.75rem;
}
`;
