/**
 * Who is in a room, and what of them has changed, in sentences.
 *
 * @module
 */

import type { PresentPerson } from "../chat/person.ts";
import type { Role } from "../chat/role.ts";
import type { ClientEvent } from "./bridge.ts";
import { roleText } from "./role_text.ts";
import type { Language } from "./strings.ts";

/** Who is here, by name. */
export type KnownPeople = ReadonlyMap<string, PresentPerson>;

/** What the server says of a room. */
export type Welcome = Extract<ClientEvent, { readonly type: "welcome" }>;

/** That somebody comes, goes, or is another than before. */
export type MemberEvent = Extract<
  ClientEvent,
  { readonly type: "joined" | "left" | "memberChanged" }
>;

/** That somebody is another than before. */
export type MemberChange = Extract<
  MemberEvent,
  { readonly type: "memberChanged" }
>;

/**
 * Gives what is known of the people of a room.
 *
 * @param welcome What the server said.
 * @returns Everybody; guests where nothing is known.
 */
export function knownPeople(
  { members, people = [] }: Pick<Welcome, "members" | "people">,
): KnownPeople {
  const known = new Map(people.map((person) => [person.name, person]));
  return new Map(
    members.map((name) => [name, known.get(name) ?? guest(name)]),
  );
}

/**
 * Applies an event to them.
 *
 * @param people Who was here.
 * @param event Who comes, goes, or is another.
 * @returns Who is here.
 */
export function peopleAfter(
  people: KnownPeople,
  event: MemberEvent,
): KnownPeople {
  const after = new Map(people);
  switch (event.type) {
    case "joined":
      return after.set(event.name, guest(event.name, event.role));
    case "left":
      after.delete(event.name);
      return after;
    case "memberChanged": {
      const { name, newName, role, isAway } = event;
      after.delete(name);
      return after.set(newName, { name: newName, role, isAway });
    }
  }
}

/**
 * Says what of somebody has changed.
 *
 * @param language The language to say it in.
 * @param change Who it is now.
 * @param before Who it was; undefined if that is not known.
 * @returns A sentence for each thing.
 */
export function memberNews(
  language: Language,
  { name, newName, role, isAway }: MemberChange,
  before: PresentPerson = guest(name),
): string[] {
  const id = language === "id";
  const news: string[] = [];
  if (newName !== name) {
    news.push(
      id
        ? `${name} sekarang bernama ${newName}.`
        : `${name} is now ${newName}.`,
    );
  }
  if (role !== before.role) {
    const article = role === "owner" ? "an" : "a";
    news.push(
      id
        ? `${newName} sekarang ${roleText("id", role)}.`
        : `${newName} is ${article} ${role} now.`,
    );
  }
  if (isAway !== before.isAway) news.push(awayNews(id, newName, isAway));
  return news;
}

function awayNews(id: boolean, name: string, isAway: boolean): string {
  if (isAway) return id ? `${name} sedang pergi.` : `${name} is away.`;
  return id ? `${name} sudah kembali.` : `${name} is back.`;
}

function guest(name: string, role: Role = "guest"): PresentPerson {
  return { name, role, isAway: false };
}
