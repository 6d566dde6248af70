/**
 * What a login shows when the server has another key than before.
 *
 * @module
 */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Refusal } from "../bridge.ts";
import type { Language } from "../strings.ts";
import { PAGE_STRINGS } from "./page_strings.ts";

/**
 * Both fingerprints, and the way to trust the new one: a check box first, so
 * that nobody trusts it by habit.
 *
 * @param props The refusal, and what to do when the new key is trusted.
 * @returns The part of the login form.
 */
export function KeyChange(props: {
  readonly language: Language;
  readonly refusal: Extract<Refusal, { readonly code: "serverKeyChanged" }>;
  readonly onTrust: () => void;
}): VNode {
  const strings = PAGE_STRINGS[props.language];
  const [compared, setCompared] = useState(false);
  return (
    <div class="key-change">
      <dl>
        <dt>{strings.pinnedKey}</dt>
        <dd class="fingerprint">{props.refusal.pinned}</dd>
        <dt>{strings.presentedKey}</dt>
        <dd class="fingerprint">{props.refusal.presented}</dd>
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={compared}
          onChange={(event) => setCompared(event.currentTarget.checked)}
        />
        {strings.keyCompared}
      </label>
      <button
        type="button"
        class="secondary"
        disabled={!compared}
        onClick={props.onTrust}
      >
        {strings.trustKey}
      </button>
    </div>
  );
}
