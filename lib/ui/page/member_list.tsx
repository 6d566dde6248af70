/**
 * Who is in the room.
 *
 * @module
 */

import type { VNode } from "preact";
import type { PresentPerson } from "../../chat/person.ts";
import type { KnownPeople } from "../member_news.ts";
import { personLines } from "../people_strings.ts";
import type { Language } from "../strings.ts";
import { authorHue, authorLetter } from "./author.ts";
import { Icon } from "./icons.tsx";
import { PAGE_STRINGS } from "./page_strings.ts";
import { ROOM_LIST_STRINGS } from "./room_list_strings.ts";

/**
 * The members, oneself marked. On a narrow page it is seen only while its panel
 * is open.
 *
 * @param props The names in reading order, what is known of them, the own name, whether the panel is
 * open, and what begins a talk with one of them.
 * @returns The list.
 */
export function MemberList(props: {
  readonly language: Language;
  readonly members: readonly string[];
  readonly people: KnownPeople;
  readonly self: string;
  readonly open: boolean;
  readonly onWriteTo: (name: string) => void;
}): VNode {
  const strings = PAGE_STRINGS[props.language];
  const { writeTo } = ROOM_LIST_STRINGS[props.language];
  return (
    <aside
      id="members"
      class={props.open ? "members open" : "members"}
      aria-labelledby="members-title"
    >
      <h2 id="members-title">
        {strings.people} <span class="count">{props.members.length}</span>
      </h2>
      <ul>
        {props.members.map((name) => (
          <li key={name} class={authorHue(name)}>
            <span class="token" aria-hidden="true">{authorLetter(name)}</span>
            <span class="who">
              <span>
                <bdi>{name}</bdi>{" "}
                {name === props.self && <span class="you">{strings.you}</span>}
              </span>
              <Standing
                language={props.language}
                person={props.people.get(name)}
              />
            </span>
            {name !== props.self && (
              <button
                type="button"
                class="quiet write-to"
                aria-label={writeTo(name)}
                title={writeTo(name)}
                onClick={() => props.onWriteTo(name)}
              >
                <Icon name="send" />
              </button>
            )}
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** Role and absence, in words. */
function Standing(props: {
  readonly language: Language;
  readonly person: PresentPerson | undefined;
}): VNode | null {
  const { language, person } = props;
  if (person === undefined) return null;
  const words = personLines(language, { ...person, awayText: "", profile: "" });
  if (words.length === 0) return null;
  return <span class="standing">{words.join(", ")}</span>;
}
