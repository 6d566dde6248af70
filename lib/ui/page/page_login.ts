import type { PageEvent, PageState } from "./page_state.ts";

/** What happens while somebody logs in. */
export type LoginEvent = Extract<
  PageEvent,
  {
    readonly type:
      | "loginForm"
      | "loginProgress"
      | "loginRefused"
      | "loginWanted";
  }
>;

/**
 * Tells what the page knows after something happened at the login.
 *
 * @param state What it knew.
 * @param event What happened.
 * @returns What it knows now.
 */
export function reduceLogin(state: PageState, event: LoginEvent): PageState {
  const login = state.login;
  switch (event.type) {
    case "loginForm": {
      const filled = { host: event.host, port: event.port, name: event.name };
      return {
        ...state,
        view: "login",
        login: { filled, progress: undefined, refusal: undefined },
      };
    }
    case "loginProgress":
      return {
        ...state,
        view: state.view === "starting" ? "login" : state.view,
        login: { ...login, progress: event.stage, refusal: undefined },
      };
    case "loginRefused":
      return {
        ...state,
        view: "login",
        login: { ...login, progress: undefined, refusal: event.refusal },
      };
    case "loginWanted": {
      const room = state.room;
      if (room === undefined) return state;
      const { host, port, self } = room.welcome;
      const refusal = room.ended?.code === "refused"
        ? room.ended.refusal
        : undefined;
      return {
        ...state,
        view: "login",
        login: {
          filled: { host, port, name: self },
          progress: undefined,
          refusal,
        },
      };
    }
  }
}
