package dev.quern.data;

import dev.quern.error.NumericException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Converts samples to a batch for a network, bit-identical to a batch in training. */
final class SampleBatches {
  private SampleBatches() {}

  /**
   * Normalizes byte samples to a batch, with the native function that training uses.
   *
   * @param sample the shape of each sample
   * @param samples the bytes of each sample
   */
  static Tensor tensor(
      Arena arena, Shape sample, List<byte[]> samples, Normalization normalization) {
    normalization.requireFit(sample);
    int each = (int) sample.elements();
    Shape image = normalization.planes(sample);
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

  /**
   * Normalizes float samples to a batch, with the same formula as training.
   *
   * @param sample the shape of each sample
   * @param samples the values of each sample
   */
  static Tensor floats(
      Arena arena, Shape sample, List<float[]> samples, Normalization normalization) {
    float[] mean = normalization.mean();
    float[] std = normalization.std();
    int each = (int) sample.elements();
    int plane = each / mean.length;
    float[] all = Heap.floats("normalization", (long) each * samples.size());
    for (int i = 0; i < all.length; i++) {
      float value = samples.get(i / each)[i % each];
      if (!Float.isFinite(value)) {
        throw new NumericException(
            "normalization: value " + i % each + " of sample " + i / each + " is " + value);
      }
      int c = i % each / plane;
      all[i] = (value - mean[c]) / std[c];
    }
    return arena.tensor(sample.batch(samples.size()), all);
  }
}
