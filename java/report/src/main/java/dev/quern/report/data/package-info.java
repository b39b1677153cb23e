/** The content of a report as stored in {@code report.json}: plain records. */
@NullMarked
package dev.quern.report.data;

import org.jspecify.annotations.NullMarked;
