/** A browser that opens the pages that Quern writes and serves, for tests. */
package dev.quern.browser;
