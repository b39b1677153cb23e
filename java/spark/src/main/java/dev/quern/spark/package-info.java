/**
 * Training and prediction on Apache Spark: {@link dev.quern.spark.QuernClassifier} trains a network
 * on the images or vectors of a DataFrame, {@link dev.quern.spark.QuernModel} predicts for them.
 * Both are stages of Spark ML pipelines and need no processes other than Spark's.
 */
@NullMarked
package dev.quern.spark;

import org.jspecify.annotations.NullMarked;
