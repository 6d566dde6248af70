/**
 * Asks for the password that makes the own name one's own.
 *
 * @module
 */

/// <reference lib="dom" />

import type { VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Language } from "../strings.ts";

/**
 * The dialog. What is typed is in its two fields only, and goes with it.
 *
 * @param props The own name, and what follows.
 * @returns The dialog.
 */
export function ClaimDialog(props: {
  readonly language: Language;
  readonly name: string;
  readonly onClose: () => void;
  readonly onPassword: (password: string) => void;
}): VNode {
  const { language, onClose } = props;
  const strings = CLAIM_STRINGS[language];
  const dialog = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<"empty" | "different">();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const submit = () => {
    const password = first.current?.value ?? "";
    if (password === "") {
      setProblem("empty");
      return first.current?.focus();
    }
    if (password !== second.current?.value) {
      setProblem("different");
      return second.current?.focus();
    }
    props.onPassword(password);
    dialog.current?.close();
  };
  return (
    <dialog
      ref={dialog}
      class="claim"
      aria-labelledby="claim-title"
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <h2 id="claim-title">{strings.title(props.name)}</h2>
        <p>{strings.what}</p>
        <label>
          {strings.password}
          <input ref={first} type="password" autocomplete="new-password" />
        </label>
        <label>
          {strings.again}
          <input ref={second} type="password" autocomplete="new-password" />
        </label>
        {problem && <p role="alert" class="problem">{strings[problem]}</p>}
        <div class="claim-actions">
          <button type="submit" class="primary">{strings.claim}</button>
          <button
            type="button"
            class="quiet"
            onClick={() => dialog.current?.close()}
          >
            {strings.cancel}
          </button>
        </div>
      </form>
    </dialog>
  );
}

const CLAIM_STRINGS = {
  en: {
    title: (name: string) => `Make the name ${name} yours`,
    what:
      "Who logs in as you needs this password from then on. Another one takes its place.",
    password: "New password",
    again: "The same once more",
    empty: "Type a password.",
    different: "The two passwords are different.",
    claim: "Claim the name",
    cancel: "Cancel",
  },
  id: {
    title: (name: string) => `Jadikan nama ${name} milik Anda`,
    what:
      "Sejak itu, masuk dengan nama ini memerlukan password ini. Password lain menggantikannya.",
    password: "Password baru",
    again: "Sekali lagi",
    empty: "Ketik sebuah password.",
    different: "Kedua password itu berbeda.",
    claim: "Klaim nama ini",
    cancel: "Batal",
  },
} as const;
