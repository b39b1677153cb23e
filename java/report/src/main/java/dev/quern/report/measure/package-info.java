/** Extraction of a report's data from networks, models and data sets. */
@NullMarked
package dev.quern.report.measure;

import org.jspecify.annotations.NullMarked;
