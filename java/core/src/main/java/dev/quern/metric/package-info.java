/** Metrics and scorers: accuracy, confusion matrix, AUC, calibration, regression errors. */
@NullMarked
package dev.quern.metric;

import org.jspecify.annotations.NullMarked;
