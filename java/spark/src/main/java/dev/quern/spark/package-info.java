/**
 * Training and prediction on Apache Spark: {@link dev.quern.spark.QuernClassifier} trains a network
 * on the pictures or vectors of a DataFrame, {@link dev.quern.spark.QuernModel} scores them. Both
 * are stages of Spark ML's pipelines. No process but Spark's own takes part.
 */
@NullMarked
package dev.quern.spark;

import org.jspecify.annotations.NullMarked;
