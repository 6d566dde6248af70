/**
 * The house rules that `deno lint` can see in one file. What needs all files at
 * once (import directions, unused files) is in tests/tidy_test.ts.
 *
 * @module
 */

/** Longest function in lines: one screen, so that it is read as a whole. */
const MAX_FUNCTION_LINES = 69;

/** Folders whose code is a function of its arguments alone. */
const PURE_FILE = /(^|\/)lib\/(base|wire|crypto|transport|chat)\/[^/]+\.tsx?$/;

/**
 * Key stretching blocks a thread for a tenth of a second, so it runs in a
 * Worker: one module is that Worker's, the other waits for it.
 */
const WORKER_MODULE = /(^|\/)lib\/crypto\/login_(task|worker)\.ts$/;

/** WebAssembly is compiled asynchronously: crypto's loaders may wait for it. */
const LOADER_FILE = /(^|\/)lib\/crypto\/[^/]+\.ts$/;
const LOADER_NAME = /^load[A-Z]/;

/** Globals that read a clock, draw randomness, wait, or reach the outside. */
const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  "Deno",
  "Worker",
  "console",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "requestAnimationFrame",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

/** Impure members of globals that are pure otherwise. */
const IMPURE_MEMBERS: ReadonlySet<string> = new Set([
  "Date.now",
  "Math.random",
  "Temporal.Now",
  "crypto.getRandomValues",
  "crypto.randomUUID",
  "crypto.subtle",
]);

/** A named function, whatever its form. */
type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Time and random bytes are arguments in the pure folders; nothing waits. */
const pure: Deno.lint.Rule = {
  create(context) {
    if (!PURE_FILE.test(unixPath(context.filename))) return {};
    if (WORKER_MODULE.test(unixPath(context.filename))) return {};
    const report = (node: Deno.lint.Node, what: string): void =>
      context.report({
        node,
        message: `${what} in a folder without clock, randomness and I/O`,
        hint: "Take the time, the random bytes or the result as an argument.",
      });
    const reportWaiting = (node: Deno.lint.Node, what: string): void => {
      if (!isInLoader(context, node)) report(node, what);
    };
    const checkFunction = (node: FunctionNode): void => {
      if (node.async) reportWaiting(node, "async function");
    };
    return {
      FunctionDeclaration: checkFunction,
      FunctionExpression: checkFunction,
      ArrowFunctionExpression: checkFunction,
      AwaitExpression: (node) => reportWaiting(node, "await"),
      ImportExpression: (node) => reportWaiting(node, "import()"),
      ForOfStatement(node) {
        if (node.await) reportWaiting(node, "for await");
      },
      Identifier(node) {
        if (isMemberName(node)) return;
        if (node.name === "Promise") reportWaiting(node, "Promise");
        else if (IMPURE_GLOBALS.has(node.name)) report(node, node.name);
      },
      MemberExpression(node) {
        const name = memberPath(node);
        if (name !== undefined && IMPURE_MEMBERS.has(name)) report(node, name);
      },
      NewExpression(node) {
        if (isNamed(node.callee, "Date") && node.arguments.length === 0) {
          report(node, "new Date()");
        }
      },
      ImportDeclaration(node) {
        if (node.source.value.startsWith("node:")) {
          report(node, node.source.value);
        }
      },
    };
  },
};

/** A name that is the same everywhere can be searched for. */
const namedExports: Deno.lint.Rule = {
  create(context) {
    // The lint API takes a plugin as the default export and no other way.
    if (unixPath(context.filename).endsWith("scripts/lint_plugin.ts")) {
      return {};
    }
    const message = "default export; export it by its name";
    return {
      ExportDefaultDeclaration: (node) => context.report({ node, message }),
      ExportSpecifier(node) {
        if (isNamed(node.exported, "default")) {
          context.report({ node, message });
        }
      },
    };
  },
};

/** `private` is only checked by the compiler, `#` holds at run time. */
const hashPrivate: Deno.lint.Rule = {
  create(context) {
    const check = (
      node: Deno.lint.PropertyDefinition | Deno.lint.MethodDefinition,
    ): void => {
      if (node.accessibility !== "private") return;
      // A class that its own static methods make: `#constructor` does not exist.
      if (node.type === "MethodDefinition" && node.kind === "constructor") {
        return;
      }
      context.report({ node, message: "`private`; use a `#` name" });
    };
    return { PropertyDefinition: check, MethodDefinition: check };
  },
};

/** Without a default the compiler finds the case that a new type lacks. */
const exhaustiveSwitch: Deno.lint.Rule = {
  create(context) {
    return {
      SwitchStatement(node) {
        const { discriminant } = node;
        if (
          discriminant.type !== "MemberExpression" || discriminant.computed ||
          !isNamed(discriminant.property, "type")
        ) return;
        for (const branch of node.cases) {
          if (branch.test !== null) continue;
          context.report({
            node: branch,
            message: "default case in a switch over `type`",
            hint: "Name every type; end with assertNever() if nothing returns.",
          });
        }
      },
    };
  },
};

/** See MAX_FUNCTION_LINES. */
const functionLength: Deno.lint.Rule = {
  create(context) {
    const check = (node: FunctionNode): void => {
      const lines = context.sourceCode.getText(node).split("\n");
      if (lines.length <= MAX_FUNCTION_LINES) return;
      const [start] = node.range;
      context.report({
        range: [start, start + lines[0]!.length],
        message:
          `function of ${lines.length} lines, more than ${MAX_FUNCTION_LINES}`,
      });
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

const plugin: Deno.lint.Plugin = {
  name: "gas",
  rules: {
    "pure": pure,
    "named-exports": namedExports,
    "hash-private": hashPrivate,
    "exhaustive-switch": exhaustiveSwitch,
    "function-length": functionLength,
  },
};

export default plugin;

/** Whether a node lies in one of crypto's `load*` functions. */
function isInLoader(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Node,
): boolean {
  if (!LOADER_FILE.test(unixPath(context.filename))) return false;
  return [node, ...context.sourceCode.getAncestors(node)].some((ancestor) =>
    ancestor.type === "FunctionDeclaration" && ancestor.id !== null &&
    LOADER_NAME.test(ancestor.id.name)
  );
}

/** Whether an identifier only names a member: `x.fetch`, `{ fetch: 1 }`. */
function isMemberName(node: Deno.lint.Identifier): boolean {
  const parent: Deno.lint.Node = node.parent;
  if ("computed" in parent && parent.computed) return false;
  if (parent.type === "MemberExpression") return parent.property === node;
  return "key" in parent && parent.key === node;
}

/** `Math.random` for that expression, undefined for anything less plain. */
function memberPath(node: Deno.lint.MemberExpression): string | undefined {
  if (node.computed || node.object.type !== "Identifier") return undefined;
  if (node.property.type !== "Identifier") return undefined;
  return `${node.object.name}.${node.property.name}`;
}

function isNamed(node: Deno.lint.Node, name: string): boolean {
  return node.type === "Identifier" && node.name === name;
}

function unixPath(path: string): string {
  return path.replaceAll("\\", "/");
}
