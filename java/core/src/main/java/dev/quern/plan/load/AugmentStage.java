package dev.quern.plan.load;

import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.StepList;
import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Augmentation of a batch of images. The random steps are drawn while the batch is read and applied
 * when it is loaded. In addition to the plan's memory, the stage allocates memory for the steps,
 * and for two images per thread. Not thread-safe.
 */
final class AugmentStage implements AutoCloseable {
  private final Shape image;
  private final int batch;
  private final boolean planes;
  private final StepList list;
  private int most;
  private int[] words = {};

  /** The memory of the native descriptor; null until the first batch. */
  private OffHeap descriptor;

  /** The memory of the steps and the workspace; null until the first batch. */
  private OffHeap memory;

  /**
   * Creates the stage; allocates no off-heap memory until the first batch.
   *
   * @param image shape of an image, {@code [C, H, W]}
   */
  AugmentStage(Shape image, int batch, boolean planes) {
    this.image = image;
    this.batch = batch;
    this.planes = planes;
    list = new StepList((int) image.dim(1), (int) image.dim(2));
  }

  /** Draws the random augmentation steps of each image in a batch. */
  void draw(ImageBatch b) {
    most = b.movesOrNull().mostSteps();
    int each = most * AugmentKernel.WORDS;
    long all = (long) batch * each;
    if (all > Heap.MOST) {
      throw new InvalidArgumentException(
          "plan: " + most + " steps for each of " + batch + " images are too many");
    }
    if (words.length < all) {
      words = Heap.ints("plan: steps of images", (int) all);
    }
    for (int i = 0; i < b.n(); i++) {
      list.begin(words, i * each, most);
      b.movesOrNull().draw(b.image(i), list);
      list.end();
    }
  }

  /**
   * Applies the drawn steps to {@code n} images.
   *
   * @param srcOrNull the images' bytes; null if {@code dst} already contains the images as floats
   *     in C, H, W order
   */
  void run(int n, BytePointer srcOrNull, FloatPointer scale, FloatPointer shift, Pointer dst) {
    if (descriptor == null) {
      descriptor = DescriptorMemory.allocate();
    }
    AugmentKernel kernel = new AugmentKernel(descriptor.pointer(0), image, most);
    long workspace = ((long) Integer.BYTES * words.length + 63) / 64 * 64;
    long bytes = kernel.workspace();
    if (memory == null || memory.bytes() < workspace + bytes) {
      OffHeap larger = new OffHeap(workspace + bytes, "augmentation of images", image);
      if (memory != null) {
        memory.close();
      }
      memory = larger;
    }
    IntPointer steps = memory.ints(0).put(words, 0, n * most * AugmentKernel.WORDS);
    Pointer room = memory.pointer(workspace);
    kernel.apply(n, srcOrNull, steps, scale, shift, dst, planes, room, bytes);
  }

  @Override
  public void close() {
    if (descriptor != null) {
      descriptor.close();
      descriptor = null;
    }
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
