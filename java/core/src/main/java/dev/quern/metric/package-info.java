/** Metrics and scorers: accuracy, confusion matrix, AUC, calibration, errors of regression. */
@NullMarked
package dev.quern.metric;

import org.jspecify.annotations.NullMarked;
