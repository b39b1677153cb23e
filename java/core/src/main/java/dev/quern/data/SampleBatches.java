package dev.quern.data;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Bytes as floats, by the native pass that training data go through. */
final class SampleBatches {
  private SampleBatches() {}

  /**
   * @param sample the shape of each
   * @param samples its bytes
   */
  static Tensor tensor(
      Arena arena, Shape sample, List<byte[]> samples, Normalization normalization) {
    normalization.requireFit(sample);
    int each = (int) sample.elements();
    Shape image = sample.rank() == 3 ? sample : Shape.of(1, 1, each);
    Tensor batch = arena.tensor(sample.batch(samples.size()));
    try (Scratch s = new Scratch(batch)) {
      OffHeap staging = s.block((long) each * samples.size());
      for (int i = 0; i < samples.size(); i++) {
        staging.chars((long) each * i).put(samples.get(i), 0, each);
      }
      BytePointer bytes = staging.chars(0);
      FloatPointer scale = s.floats(normalization.channels());
      FloatPointer shift = s.floats(normalization.channels());
      LayoutKernel.scales(normalization.mean(), normalization.std(), scale, shift);
      LayoutKernel.images(samples.size(), image, bytes, null, scale, shift, s.raw(batch), true);
    }
    return batch;
  }
}
