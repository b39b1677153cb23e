/** The records that a report consists of, as stored in {@code report.json}. */
@NullMarked
package dev.quern.report.data;

import org.jspecify.annotations.NullMarked;
