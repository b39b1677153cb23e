/** Takes from networks, models and data sets what a page shows of them. */
@NullMarked
package dev.quern.report.measure;

import org.jspecify.annotations.NullMarked;
