/**
 * The login page: the form, its progress, and its refusals.
 *
 * @module
 */

/// <reference lib="dom" />

import type { RefObject, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ClientCommand, Refusal } from "../bridge.ts";
import { type Language, refusalText } from "../strings.ts";
import { Icon, Mark } from "./icons.tsx";
import { KeyChange } from "./key_change.tsx";
import { LoginField } from "./login_field.tsx";
import {
  blamedField,
  checkFields,
  FIELD_NAMES,
  type FieldName,
  type FieldProblems,
  fillFields,
  firstEmptyField,
  type LoginFields,
  separatePort,
} from "./login_fields.ts";
import type { LoginState } from "./page_state.ts";
import { PAGE_STRINGS, type PageStrings } from "./page_strings.ts";

/**
 * The login page.
 *
 * @param props The form's state, the language and its switch, and where
 * commands go.
 * @returns The view.
 */
export function LoginView(props: {
  readonly language: Language;
  readonly login: LoginState;
  readonly onSwitchLanguage: () => void;
  readonly onCommand: (command: ClientCommand) => void;
}): VNode {
  const strings = PAGE_STRINGS[props.language];
  return (
    <main class="login">
      <section class="poster">
        <Mark />
        <h1>GAS Chatroom</h1>
        <p class="tagline">{strings.tagline}</p>
        <ul class="promises">
          {strings.promises.map((promise) => <li key={promise}>{promise}</li>)}
        </ul>
      </section>
      <section class="entrance">
        <button
          type="button"
          class="quiet language"
          lang={props.language === "en" ? "id" : "en"}
          onClick={props.onSwitchLanguage}
        >
          <Icon name="globe" />
          {strings.otherLanguage}
        </button>
        <LoginForm {...props} strings={strings} />
      </section>
    </main>
  );
}

function LoginForm(props: {
  readonly language: Language;
  readonly strings: PageStrings;
  readonly login: LoginState;
  readonly onCommand: (command: ClientCommand) => void;
}): VNode {
  const { strings, login, onCommand } = props;
  const { form, fields, problems, change, connect } = useLogin(props);
  const refusal = login.refusal;
  const busy = login.progress !== undefined;
  const field = (name: FieldName) => ({
    name,
    strings,
    value: fields[name],
    problem: problems[name],
    blamed: refusal !== undefined && blamedField(refusal) === name,
    readOnly: busy,
    onChange: (value: string) => change(name, value),
  });
  return (
    <form
      ref={form}
      aria-labelledby="login-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) connect(fields);
      }}
    >
      <h2 id="login-title">{strings.loginTitle}</h2>
      <div class="address">
        <LoginField
          {...field("host")}
          label={strings.server}
          hint={strings.serverHint}
        />
        <LoginField {...field("port")} label={strings.port} />
      </div>
      <LoginField {...field("name")} label={strings.name} />
      <LoginField
        {...field("password")}
        label={strings.password}
        hint={strings.passwordHint}
      />
      <div role="alert">
        {refusal && (
          <RefusalNote
            language={props.language}
            refusal={refusal}
            onTrustKey={({ host, port }) => {
              onCommand({ type: "forgetServerKey", host, port });
              connect({ ...fields, host, port: String(port) });
            }}
          />
        )}
      </div>
      <LoginActions
        strings={strings}
        progress={login.progress}
        onCancel={() => onCommand({ type: "cancelLogin" })}
      />
    </form>
  );
}

/** The form's fields, and what typing and connecting do. */
interface LoginInput {
  readonly form: RefObject<HTMLFormElement>;
  readonly fields: LoginFields;
  readonly problems: FieldProblems;
  readonly change: (name: FieldName, value: string) => void;
  readonly connect: (fields: LoginFields) => void;
}

function useLogin(props: {
  readonly language: Language;
  readonly login: LoginState;
  readonly onCommand: (command: ClientCommand) => void;
}): LoginInput {
  const { login } = props;
  const form = useRef<HTMLFormElement>(null);
  const [fields, setFields] = useState(() => fillFields(login));
  const [problems, setProblems] = useState<FieldProblems>({});
  const focus = (name: FieldName) => {
    const input = form.current?.elements.namedItem(name);
    if (!(input instanceof HTMLInputElement)) return;
    input.focus();
    input.select();
  };
  useEffect(() => {
    if (login.progress !== undefined) return;
    const blamed = login.refusal && blamedField(login.refusal);
    focus(blamed ?? firstEmptyField(fields));
  }, [login.progress, login.refusal]);
  return {
    form,
    fields,
    problems,
    change(name, value) {
      setFields({ ...fields, [name]: value });
      setProblems({ ...problems, [name]: undefined });
    },
    connect(typed) {
      const wanted = separatePort(typed);
      setFields(wanted);
      const found = checkFields(wanted, props.language);
      setProblems(found);
      const wrong = FIELD_NAMES.find((name) => found[name] !== undefined);
      if (wrong !== undefined) return focus(wrong);
      const { host, name, password } = wanted;
      const port = Number(wanted.port);
      props.onCommand({ type: "login", host, port, name, password });
    },
  };
}

function LoginActions(props: {
  readonly strings: PageStrings;
  readonly progress: LoginState["progress"];
  readonly onCancel: () => void;
}): VNode {
  const { strings, progress } = props;
  const cancel = useRef<HTMLButtonElement>(null);
  const busy = progress !== undefined;
  useEffect(() => cancel.current?.focus(), [busy]);
  return (
    <div class="actions">
      {busy
        ? (
          <button
            key="cancel"
            type="button"
            ref={cancel}
            class="secondary"
            onClick={props.onCancel}
          >
            {strings.cancel}
          </button>
        )
        : (
          <button key="connect" type="submit" class="primary">
            {strings.connect}
          </button>
        )}
      <p class="progress" role="status">
        {busy && <span class="pulse" aria-hidden="true" />}
        {busy && strings[progress]}
      </p>
    </div>
  );
}

function RefusalNote(props: {
  readonly language: Language;
  readonly refusal: Refusal;
  readonly onTrustKey: (server: { host: string; port: number }) => void;
}): VNode {
  const { language, refusal } = props;
  const { what, next } = refusalText(language, refusal);
  return (
    <div class="refusal">
      <Icon name="alert" />
      <div>
        <p class="what">{what}</p>
        <p>{next}</p>
        {refusal.code === "serverKeyChanged" && (
          <KeyChange
            language={language}
            refusal={refusal}
            onTrust={() => props.onTrustKey(refusal)}
          />
        )}
      </div>
    </div>
  );
}
