package dev.quern.feed;

import dev.quern.data.Normalization;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.kernel.LayoutKernel;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Computes the augmented version of an image in a training epoch, for display. */
public final class AugmentedImage {
  private AugmentedImage() {}

  /**
   * Returns the augmented image's values before normalization, in C, H, W order; bytes are scaled
   * to [0, 1].
   *
   * @throws ShapeException if the samples are not images, or the normalization does not fit them
   */
  public static float[] of(
      CheckedDataset samples, int index, Normalization normalization, EpochAugmentation moves) {
    Shape image = samples.shape();
    if (image.rank() != 3) {
      throw new ShapeException("augment preview: samples of " + image + " are not images");
    }
    normalization.requireFit(image);
    int most = Math.max(moves.mostSteps(), 1);
    int[] words = new int[most * AugmentKernel.WORDS];
    StepList list = new StepList((int) image.dim(1), (int) image.dim(2));
    list.begin(words, 0, most);
    moves.steps(index, list);
    list.end();
    float[] values = run(samples, index, normalization, moves, most, words);
    int plane = values.length / normalization.channels();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * normalization.std()[i / plane] + normalization.mean()[i / plane];
    }
    return values;
  }

  private static float[] run(
      CheckedDataset samples,
      int index,
      Normalization n,
      EpochAugmentation moves,
      int most,
      int[] words) {
    int size = samples.each();
    float[] values = new float[size];
    try (OffHeap descriptor = DescriptorMemory.allocate();
        OffHeap steps = new OffHeap((long) Integer.BYTES * words.length, "steps");
        OffHeap scales = new OffHeap(2L * Float.BYTES * n.channels(), "scales");
        OffHeap source = new OffHeap(size, "image");
        OffHeap result = new OffHeap((long) Float.BYTES * size, "image")) {
      AugmentKernel kernel = new AugmentKernel(descriptor.pointer(0), samples.shape(), most);
      FloatPointer scale = scales.floats(0);
      FloatPointer shift = scales.floats((long) Float.BYTES * n.channels());
      LayoutKernel.scales(n.mean(), n.std(), scale, shift);
      steps.ints(0).put(words, 0, words.length);
      BytePointer bytes = null;
      if (samples.areFloats()) {
        samples.copyFloats(index, values, 0, moves);
        result.floats(0).put(values, 0, size);
      } else {
        byte[] pixels = new byte[size];
        samples.copyBytes(index, ByteBuffer.wrap(pixels), moves);
        bytes = source.chars(0);
        bytes.put(pixels, 0, size);
      }
      try (OffHeap room = new OffHeap(kernel.workspace(), "augmentation of an image")) {
        kernel.apply(
            1,
            bytes,
            steps.ints(0),
            scale,
            shift,
            result.pointer(0),
            true,
            room.pointer(0),
            room.bytes());
      }
      result.floats(0).get(values, 0, size);
    }
    return values;
  }
}
