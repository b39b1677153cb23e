package dev.quern.spark;

import dev.quern.error.QuernException;
import dev.quern.train.Contribution;
import dev.quern.train.GradientExchange;
import dev.quern.train.Round;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/** A gradient exchange whose replicas are Spark tasks, one for each partition. */
final class SparkExchange implements GradientExchange {
  private final JavaSparkContext spark;
  private final JavaRDD<Part> parts;
  private final List<Integer> sizes;
  private final Settings settings;

  /** The count of images trained on, which Spark's web interface shows by stage and task. */
  private final LongAccumulator images;

  SparkExchange(
      JavaSparkContext spark, JavaRDD<Part> parts, List<Integer> sizes, Settings settings) {
    this.spark = spark;
    this.parts = parts;
    this.sizes = List.copyOf(sizes);
    this.settings = settings;
    images = spark.sc().longAccumulator("Quern: images");
  }

  @Override
  public String name() {
    return "rows";
  }

  @Override
  public List<Integer> sizes() {
    return sizes;
  }

  @Override
  public Contribution round(Round round) {
    // as bytes, because only Java's serializer uses its custom form
    Broadcast<byte[]> sent = spark.broadcast(Bytes.of(round));
    Settings own = settings;
    LongAccumulator count = images;
    spark.sc().setJobDescription("Quern: " + round);
    try {
      JavaRDD<byte[]> brought =
          parts.mapPartitionsWithIndex(
              (replica, all) -> List.of(brought(own, sent, replica, all.next(), count)).iterator(),
              true);
      return OrderedSum.of(brought);
    } finally {
      spark.sc().setJobDescription(null);
      sent.destroy();
    }
  }

  /**
   * Returns a replica's serialized contribution. Errors in data or numbers are returned as
   * exceptions, because another attempt would fail as well.
   */
  private static byte[] brought(
      Settings settings, Broadcast<byte[]> round, int replica, Part part, LongAccumulator images) {
    try {
      Round now = (Round) Bytes.read(round.value());
      Contribution own = Workers.contribute(settings, now, replica, part);
      images.add(own.images());
      return Bytes.of(own);
    } catch (QuernException e) {
      return Bytes.of(e);
    }
  }
}
