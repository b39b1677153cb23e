package dev.quern.spark;

import dev.quern.error.QuernException;
import dev.quern.train.Contribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The sum of all partitions' contributions. Floats are added in the order of the partitions, in a
 * tree of two levels that depends only on the number of partitions, so the result is bit-identical
 * in every run.
 */
final class OrderedSum {
  /** The maximum number of partitions whose contributions the driver adds directly. */
  private static final int FEW = 8;

  private OrderedSum() {}

  /**
   * Adds the contributions of all partitions.
   *
   * @param brought the serialized contributions or exceptions; the first exception is thrown
   */
  static Contribution of(JavaRDD<byte[]> brought) {
    int parts = brought.getNumPartitions();
    if (parts <= FEW) {
      return sum(brought.collect());
    }
    int width = (int) Math.ceil(Math.sqrt(parts));
    int groups = (parts + width - 1) / width;
    JavaPairRDD<Integer, byte[]> numbered =
        JavaPairRDD.fromJavaRDD(
            brought.mapPartitionsWithIndex(
                (i, all) -> List.of(new Tuple2<>(i, all.next())).iterator(), true));
    return sum(
        numbered
            .partitionBy(new Groups(groups, width))
            .mapPartitions(OrderedSum::ofGroup, true)
            .collect());
  }

  private static Iterator<byte[]> ofGroup(Iterator<Tuple2<Integer, byte[]>> group) {
    List<Tuple2<Integer, byte[]>> all = new ArrayList<>();
    group.forEachRemaining(all::add);
    all.sort(Comparator.comparing(Tuple2::_1));
    try {
      return List.of(Bytes.of(sum(all.stream().map(Tuple2::_2).toList()))).iterator();
    } catch (QuernException e) {
      return List.of(Bytes.of(e)).iterator();
    }
  }

  private static Contribution sum(List<byte[]> all) {
    Contribution sum = Contribution.NONE;
    for (byte[] one : all) {
      Object of = Bytes.read(one);
      if (of instanceof QuernException wrong) {
        throw wrong;
      }
      sum = sum.plus((Contribution) of);
    }
    return sum;
  }

  /** A partitioner that puts consecutive partitions into the same group. */
  private static final class Groups extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int count;
    private final int width;

    Groups(int count, int width) {
      this.count = count;
      this.width = width;
    }

    @Override
    public int numPartitions() {
      return count;
    }

    @Override
    public int getPartition(Object key) {
      return (Integer) key / width;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Groups g && g.count == count && g.width == width;
    }

    @Override
    public int hashCode() {
      return 31 * count + width;
    }
  }
}
