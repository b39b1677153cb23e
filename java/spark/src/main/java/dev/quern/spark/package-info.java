/**
 * Training and prediction on Apache Spark: {@link dev.quern.spark.QuernClassifier} trains a network
 * on the images or vectors of a DataFrame, and {@link dev.quern.spark.QuernModel} predicts with it.
 * Both are stages of Spark ML pipelines and require no processes other than Spark's.
 */
@NullMarked
package dev.quern.spark;

import org.jspecify.annotations.NullMarked;
