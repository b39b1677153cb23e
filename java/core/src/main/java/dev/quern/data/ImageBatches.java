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

/** Images as floats, by the native pass that training data go through. */
final class ImageBatches {
  private ImageBatches() {}

  /**
   * @param images of one shape
   */
  static Tensor tensor(Arena arena, List<Image> images, Normalization normalization) {
    Shape image = images.get(0).shape();
    int each = (int) image.elements();
    Tensor batch = arena.tensor(image.batch(images.size()));
    try (Scratch s = new Scratch(batch)) {
      OffHeap staging = s.block((long) each * images.size());
      for (int i = 0; i < images.size(); i++) {
        staging.chars((long) each * i).put(images.get(i).owned(), 0, each);
      }
      BytePointer bytes = staging.chars(0);
      FloatPointer scale = s.floats(normalization.channels());
      FloatPointer shift = s.floats(normalization.channels());
      LayoutKernel.scales(normalization.mean(), normalization.std(), scale, shift);
      LayoutKernel.images(images.size(), image, bytes, null, scale, shift, s.raw(batch), true);
    }
    return batch;
  }
}
