import type { AuditAction, AuditEntry, Ban } from "./account.ts";
import { BanList, type BanSubject, tidyBanValue } from "./ban_list.ts";
import type { InputTime } from "./chat_server_input.ts";
import type { ChatClose } from "./close_code.ts";
import { MAX_BANS, MAX_MUTES } from "./limits.ts";
import type { PeopleState } from "./people_change.ts";
import {
  type Asker,
  type Decision,
  findSomebody,
  type PeopleDesk,
  refuse,
  type Reply,
  replyTo,
} from "./people_desk.ts";
import type { PeopleRequest } from "./people_request.ts";
import { checkRank } from "./permission.ts";
import type { Person, PersonKey } from "./person.ts";

/** A request about somebody else. The permission for it is checked before. */
export type ModerationRequest = Extract<
  PeopleRequest,
  { readonly type: "role" | "kick" | "ban" | "unban" | "bans" | "mute" }
>;

/**
 * Decides what people want done to others (docs/PROTOCOL.md section 7.12):
 * nobody acts on somebody of the own role or above.
 */
export class Moderation {
  readonly #desk: PeopleDesk;
  readonly #bans: BanList;
  /** Until when, by person's key. */
  readonly #mutes = new Map<string, number>();

  /**
   * Takes what the store has.
   *
   * @param desk Who is known.
   * @param state Bans and mutes.
   */
  constructor(desk: PeopleDesk, state: Pick<PeopleState, "bans" | "mutes">) {
    this.#desk = desk;
    this.#bans = new BanList(state.bans);
    for (const { person, untilMs } of state.mutes) {
      this.#mutes.set(person, untilMs);
    }
  }

  /**
   * Tells whether somebody is banned.
   *
   * @param subject Who.
   * @param timeMs The wall clock.
   * @returns What to close the connection with; undefined if they are not.
   */
  banOf(subject: BanSubject, timeMs: number): ChatClose | undefined {
    const ban = this.#bans.find(subject, timeMs);
    return ban && bannedClose(ban);
  }

  /**
   * Tells for how long somebody may not write.
   *
   * @param person Who.
   * @param timeMs The wall clock.
   * @returns Milliseconds; 0 if they may.
   */
  mutedMs({ key }: Pick<Person, "key">, timeMs: number): number {
    return Math.max(0, (this.#mutes.get(key) ?? 0) - timeMs);
  }

  /**
   * Takes note that somebody's key is another one now: who is silent stays so.
   *
   * @param key The new key.
   * @param oldKey The key until now.
   */
  rekey(key: PersonKey, oldKey: PersonKey): void {
    const untilMs = this.#mutes.get(oldKey);
    if (untilMs === undefined) return;
    this.#mutes.delete(oldKey);
    this.#mutes.set(key, untilMs);
  }

  /**
   * Decides about a request.
   *
   * @param request The request.
   * @param asker Whose, who may do such things.
   * @returns What to do.
   */
  decide(request: ModerationRequest, asker: Asker): Decision {
    switch (request.type) {
      case "role":
        return this.#role(request, asker);
      case "kick":
        return this.#kick(request, asker);
      case "ban":
        return this.#ban(request, asker);
      case "unban":
        return this.#unban(request, asker);
      case "bans": {
        const bans = this.#bans.list(asker.timeMs);
        return { type: "answer", answer: { type: "bans", bans } };
      }
      case "mute":
        return this.#mute(request, asker);
    }
  }

  #role({ name, role }: RequestOf<"role">, asker: Asker): Decision {
    const { people, accounts, onChanged } = this.#desk;
    const target = findSomebody(this.#desk, name);
    if (target === undefined) return refuse({ code: "unknownName" });
    const own = asker.device.person.role;
    // Nor does anybody give a role that is not below the own one.
    const refusal = checkRank(own, target.role) ?? checkRank(own, role);
    if (refusal !== undefined) return refuse(refusal);
    const { accountId } = target;
    // A role is a name's, and a guest has none for good.
    if (accountId === 0 || role === "guest") {
      return refuse({ code: "needsRole", role: "member" });
    }
    const audit = entryOf(asker, "setRole", target.name, role);
    return {
      type: "change",
      change: { type: "setRole", accountId, role, audit },
      then: (result) => {
        const account = accounts.get(accountId);
        if (result.type === "done" && account !== undefined) {
          accounts.put({ ...account, role });
          const person = people.byName(account.name.key);
          if (person?.accountId === accountId) {
            people.setRole(person, role);
            onChanged(person, person.name.text);
          }
        }
        return replyTo(result);
      },
    };
  }

  #kick({ name, reason }: RequestOf<"kick">, asker: Asker): Decision {
    const { people, onRemoved } = this.#desk;
    const target = findSomebody(this.#desk, name);
    if (target?.present === undefined) return refuse({ code: "unknownName" });
    const refusal = checkRank(asker.device.person.role, target.role);
    if (refusal !== undefined) return refuse(refusal);
    const by = asker.device.person.name.text;
    const why = tidyLine(reason);
    const { present } = target;
    return {
      type: "change",
      change: { type: "note", audit: entryOf(asker, "kick", target.name, why) },
      then: (result, { timeMs }) => {
        const close = { type: "kicked", by, reason: why } as const;
        for (const device of people.devicesOf(present.key)) {
          onRemoved(device, close, timeMs);
        }
        return replyTo(result);
      },
    };
  }

  #ban(request: RequestOf<"ban">, asker: Asker): Decision {
    const { kind, seconds } = request;
    const { person } = asker.device;
    const typed = kind === "address"
      ? this.#addressOf(request.value)
      : request.value;
    const value = tidyBanValue(kind, typed);
    if (value === undefined) return refuse({ code: "banInvalid" });
    const target = findSomebody(this.#desk, request.value);
    if (target !== undefined) {
      const refusal = checkRank(person.role, target.role);
      if (refusal !== undefined) return refuse(refusal);
    }
    const before = this.#bans.get(kind, value);
    if (before === undefined && !this.#bans.hasRoom(asker.timeMs)) {
      return refuse({ code: "tooMany", limit: MAX_BANS });
    }
    const ban: Ban = {
      kind,
      value,
      reason: tidyLine(request.reason),
      by: person.name.text,
      byRole: person.role,
      untilMs: seconds === 0 ? 0 : asker.timeMs + 1_000 * seconds,
    };
    const audit = entryOf(asker, "ban", value, banDetail(ban));
    return {
      type: "change",
      change: { type: "ban", ban, audit },
      then: (result, time) => {
        if (result.type === "done") {
          this.#bans.add(ban);
          this.#removeBanned(time);
        }
        return replyTo(result);
      },
    };
  }

  #unban({ kind, value }: RequestOf<"unban">, asker: Asker): Decision {
    const tidy = tidyBanValue(kind, value);
    const ban = tidy === undefined ? undefined : this.#bans.get(kind, tidy);
    if (ban === undefined) return refuse({ code: "notFound" });
    const audit = entryOf(asker, "unban", ban.value, "");
    return {
      type: "change",
      change: { type: "unban", kind, value: ban.value, audit },
      then: (result) => {
        this.#bans.remove(kind, ban.value);
        return replyTo(result);
      },
    };
  }

  #mute({ name, seconds }: RequestOf<"mute">, asker: Asker): Decision {
    const target = findSomebody(this.#desk, name);
    if (target === undefined) return refuse({ code: "unknownName" });
    const refusal = checkRank(asker.device.person.role, target.role);
    if (refusal !== undefined) return refuse(refusal);
    const { person } = target;
    if (seconds === 0) return this.#unmute(person, target.name, asker);
    this.#dropPast(asker.timeMs);
    if (!this.#mutes.has(person) && this.#mutes.size >= MAX_MUTES) {
      return refuse({ code: "tooMany", limit: MAX_MUTES });
    }
    const untilMs = asker.timeMs + 1_000 * seconds;
    const detail = new Date(untilMs).toISOString();
    const audit = entryOf(asker, "mute", target.name, detail);
    return {
      type: "change",
      change: { type: "mute", mute: { person, untilMs }, audit },
      then: (result) => {
        if (result.type === "done") this.#mutes.set(person, untilMs);
        return replyTo(result);
      },
    };
  }

  #unmute(person: string, name: string, asker: Asker): Decision {
    if (!this.#mutes.has(person)) return refuse({ code: "notFound" });
    const audit = entryOf(asker, "unmute", name, "");
    return {
      type: "change",
      change: { type: "unmute", person, audit },
      then: (result): Reply => {
        this.#mutes.delete(person);
        return replyTo(result);
      },
    };
  }

  /** Somebody's address, if it is somebody present. */
  #addressOf(value: string): string {
    const present = findSomebody(this.#desk, value)?.present;
    if (present === undefined) return value;
    const devices = this.#desk.people.devicesOf(present.key);
    return devices.at(-1)?.address ?? value;
  }

  #removeBanned({ timeMs }: InputTime): void {
    const { people, onRemoved } = this.#desk;
    for (const device of people.devices()) {
      const { person: { name, role }, address } = device;
      const close = this.banOf({ name, role, address }, timeMs);
      if (close !== undefined) onRemoved(device, close, timeMs);
    }
  }

  #dropPast(timeMs: number): void {
    for (const [person, untilMs] of this.#mutes) {
      if (untilMs <= timeMs) this.#mutes.delete(person);
    }
  }
}

/**
 * Makes what is written down of a deed.
 *
 * @param asker Who does it, and when.
 * @param what What.
 * @param whom To whom or to what.
 * @param detail More of it.
 * @returns The entry.
 */
export function entryOf(
  { device, timeMs }: Asker,
  what: AuditAction,
  whom: string,
  detail: string,
): AuditEntry {
  return { timeMs, who: device.person.name.text, what, whom, detail };
}

/**
 * Makes one line of a text: what would break it is a space.
 *
 * @param text As typed.
 * @returns The line, without space at its ends.
 */
export function tidyLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

type RequestOf<Type> = Extract<PeopleRequest, { readonly type: Type }>;

function bannedClose({ untilMs, by, reason }: Ban): ChatClose {
  const untilSeconds = Math.ceil(untilMs / 1_000);
  return { type: "banned", untilSeconds, by, reason };
}

function banDetail({ untilMs, reason }: Ban): string {
  const until = untilMs === 0 ? "" : new Date(untilMs).toISOString();
  return [until, reason].filter((part) => part !== "").join(" ");
}
