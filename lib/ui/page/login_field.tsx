/**
 * One field of the login form.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { FieldName } from "./login_fields.ts";
import type { PageStrings } from "./page_strings.ts";

const AUTOCOMPLETE: Readonly<Record<FieldName, string>> = {
  host: "off",
  port: "off",
  name: "username",
  password: "current-password",
};

/**
 * A labelled input with its hint or what is wrong with it; for the password
 * also the button that shows it.
 *
 * @param props What to show, and what takes a change.
 * @returns The field.
 */
export function LoginField(props: {
  readonly name: FieldName;
  readonly label: string;
  readonly hint?: string;
  readonly strings: PageStrings;
  readonly value: string;
  /** What is wrong with the value, as far as known without a server. */
  readonly problem: string | undefined;
  /** True if the server's refusal is about this field. */
  readonly blamed: boolean;
  readonly readOnly: boolean;
  readonly onChange: (value: string) => void;
}): VNode {
  const { name, strings, problem } = props;
  const [shown, setShown] = useState(false);
  const secret = name === "password";
  const noteId = `${name}-note`;
  const note = problem ?? props.hint;
  return (
    <div class={`field field-${name}`}>
      <label for={name}>{props.label}</label>
      <div class="box">
        <input
          id={name}
          name={name}
          type={secret && !shown ? "password" : "text"}
          inputMode={name === "port" ? "numeric" : "text"}
          autoComplete={AUTOCOMPLETE[name]}
          autoCapitalize="none"
          spellcheck={false}
          dir={name === "name" ? "auto" : "ltr"}
          value={props.value}
          readOnly={props.readOnly}
          aria-invalid={problem !== undefined || props.blamed}
          aria-describedby={note === undefined ? undefined : noteId}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
        {secret && (
          <button
            type="button"
            class="quiet reveal"
            aria-label={strings.showPassword}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? strings.hide : strings.show}
          </button>
        )}
      </div>
      {note && (
        <p id={noteId} class={problem === undefined ? "hint" : "problem"}>
          {note}
        </p>
      )}
    </div>
  );
}
