/** The server of the live page, and its data. */
@NullMarked
package dev.quern.report.live;

import org.jspecify.annotations.NullMarked;
