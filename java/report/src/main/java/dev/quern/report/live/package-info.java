/** The server of the live page, and what it tells. */
@NullMarked
package dev.quern.report.live;

import org.jspecify.annotations.NullMarked;
