package dev.quern.peers;

import dev.quern.data.Dataset;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import java.util.List;

/** A workload's network in whole numbers. */
final class Int8 {
  private Int8() {}

  /** With Quern's defaults, by ranges that the workload's own batch decides. */
  static ModelData of(ModelData data, Workload workload) {
    Dataset images =
        Dataset.of(
            "batch",
            data.network().input(),
            List.of("any"),
            workload.images(),
            new int[workload.batch()]);
    return Quantization.of(data).calibrate(images, workload.batch()).data();
  }
}
