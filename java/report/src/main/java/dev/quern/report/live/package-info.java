/** The server and the data of the live page. */
@NullMarked
package dev.quern.report.live;

import org.jspecify.annotations.NullMarked;
