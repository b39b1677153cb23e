/** Content of a page, as stored in {@code report.json}: plain records without validation. */
@NullMarked
package dev.quern.report.data;

import org.jspecify.annotations.NullMarked;
