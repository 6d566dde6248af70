/**
 * The page's entry: the one module of `lib/` that acts when it is loaded,
 * because a page has nobody to call it.
 *
 * @module
 */

/// <reference lib="dom" />

import { render } from "preact";
import { PageApp } from "./page_app.tsx";

render(<PageApp />, document.body);
