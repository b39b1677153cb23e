/** HTML pages, charts and drawings made from the records in {@code dev.quern.report.data}. */
@NullMarked
package dev.quern.report.page;

import org.jspecify.annotations.NullMarked;
