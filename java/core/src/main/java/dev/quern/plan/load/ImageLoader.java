package dev.quern.plan.load;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.feed.CheckedDataset;
import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.NetworkData;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Loads the samples of one input into a plan. Bytes of large batches, and of data sets that are
 * slow to read, are read in a separate thread during the previous step. At the beginning of a step,
 * one native pass converts the bytes to floats, and shifts and normalizes the samples. Not
 * thread-safe.
 */
final class ImageLoader {
  /**
   * Minimum size in bytes of a batch that is read ahead. Measured on 2 cores: for 30 MB, reading
   * ahead makes a step 5 % faster; reading 50 KB takes only 10 us of a step of 8 ms, less than
   * waking a thread.
   */
  private static final long AHEAD = 1 << 20;

  private static final ExecutorService THREADS = Executors.newCachedThreadPool(LoaderThread::new);

  private final int number;
  private final Value input;
  private final boolean planes;

  /**
   * The shape of a sample as {@code [C, H, W]}; {@code [1, 1, elements]} if the input is not an
   * image.
   */
  private final Shape image;

  private final int batch;
  private final Slot staging;
  private final Slot scales;

  /** The memory of the images' shifts; null in inference, and for all inputs but the first. */
  private final Slot moves;

  private final FloatStage floats;
  private final AugmentStage steps;
  private final MixStage mixing;
  private OffHeap slab;
  private ByteBuffer stagingBuffer;
  private BytePointer staged;
  private IntPointer firstMove;

  /** The loading thread's pointer to the shifts; its position changes. */
  private IntPointer move;

  private FloatPointer scale;
  private FloatPointer shift;
  private FloatPointer to;

  /** The normalization whose factors are in the plan's memory; null before the first load. */
  private Normalization scaled;

  /** The batch whose bytes have been read or are being read by the loading thread. */
  private ImageBatch gathered;

  private CompletableFuture<Void> gathering = CompletableFuture.completedFuture(null);

  /** The exception that the loading thread threw; null if there was none. */
  private volatile Throwable failure;

  /**
   * Reserves memory in the plan. In training, the memory is reserved for the whole step, because
   * the next batch is read during a step.
   *
   * @param number the index of the input in the network
   */
  ImageLoader(Builder b, int number, Value input, int batch, boolean training) {
    this.number = number;
    this.batch = batch;
    this.input = input;
    planes = b.inputPlanes;
    floats = new FloatStage(number, input, planes, batch);
    Shape in = input.shape();
    image = in.rank() == 3 ? in : Shape.of(1, 1, in.elements());
    steps = new AugmentStage(image, batch, planes);
    mixing = new MixStage(image, planes);
    staging = b.slab.slot(input.shape().batch(batch).elements()).at(0);
    // a vector may have one mean per feature
    boolean row = in.rank() > 0 && in.elements() == in.dim(in.rank() - 1);
    long means = row ? in.elements() : Math.max(1, in.dim(0));
    scales = b.slab.slot(2 * Float.BYTES * means).at(0).at(b.endTime());
    moves =
        training && number == 0
            ? b.slab
                .slot((long) Integer.BYTES * EpochAugmentation.NUMBERS * batch)
                .at(0)
                .at(b.endTime())
            : null;
    if (training) {
      staging.at(b.endTime());
    }
  }

  void bind(OffHeap memory) {
    slab = memory;
    staged = slab.chars(staging.offset);
    if (staging.bytes <= Integer.MAX_VALUE) {
      stagingBuffer = slab.chars(staging.offset).capacity(staging.bytes).asByteBuffer();
    }
    scale = slab.floats(scales.offset);
    shift = slab.floats(scales.offset + scales.bytes / 2);
    move = moves == null ? null : slab.ints(moves.offset);
    firstMove = moves == null ? null : slab.ints(moves.offset);
    to = slab.floats(input.data.offset);
  }

  /** Starts reading the batch that the next {@link #load} call will load. For training only. */
  void ahead(ImageBatch next) {
    CheckedDataset data = next.data().input(number);
    long bytes = (long) next.n() * data.each();
    if (!data.areSlow() && (data.areFloats() ? bytes * Float.BYTES : bytes) < AHEAD) {
      return;
    }
    await();
    gathered = next;
    try {
      gathering = CompletableFuture.runAsync(() -> gatherOrFail(next), THREADS);
    } catch (OutOfMemoryError e) { // no thread is available: the batch is read when it is loaded
      gathered = null;
    }
  }

  /** Waits until the loading thread has finished; required before the plan's memory is freed. */
  void await() {
    gathering.join();
  }

  /** Reads a batch. An exception is stored and thrown when the batch is loaded. */
  private void gatherOrFail(ImageBatch b) {
    failure = null;
    try {
      gather(b);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  void load(ImageBatch b, Normalization normalization) {
    requireInput(b.data().input(number));
    await();
    boolean there = gathered == b;
    gathered = null; // in inference, other operations use the memory from here on
    if (!there) {
      gather(b);
    } else if (failure instanceof Error e) {
      throw e;
    } else if (failure instanceof RuntimeException e) {
      throw e;
    }
    boolean areFloats = b.data().input(number).areFloats();
    if (b.hasSteps(number)) {
      requireChannels(normalization);
      scales(normalization);
      if (areFloats) {
        floats.copy(b, to);
      }
      steps.run(b.n(), areFloats ? null : staged, scale, shift, to);
    } else if (areFloats) {
      floats.load(b, normalization, firstMove, to);
    } else {
      bytes(b, normalization);
    }
    if (b.mixingOrNull() != null) {
      mixing.run(b.mixingOrNull(), b.n(), slab, input.data.offset);
    }
  }

  private void bytes(ImageBatch b, Normalization normalization) {
    scales(normalization);
    int means = normalization.channels();
    Shape by = means == image.dim(0) ? image : Shape.of(means, 1, image.elements() / means);
    LayoutKernel.images(
        b.n(), by, staged, b.isMoved(number) ? firstMove : null, scale, shift, to, planes);
  }

  /**
   * Checks that the normalization has one mean per channel. A mean per feature is rejected, because
   * augmentation moves values to other positions.
   */
  private void requireChannels(Normalization normalization) {
    if (normalization.channels() != image.dim(0)) {
      throw new ShapeException(
          "plan: augmentation requires a normalization per channel: images "
              + image
              + " require "
              + image.dim(0)
              + " means, the normalization has "
              + normalization.channels());
    }
  }

  private void requireInput(CheckedDataset data) {
    NetworkData.requireInput(data.shape(), input.shape());
    if (stagingBuffer == null && !data.areFloats()) {
      throw new InvalidArgumentException(
          "plan: a batch of " + batch + " images has more than 2 GiB of pixels");
    }
  }

  private void gather(ImageBatch b) {
    CheckedDataset data = b.data().input(number);
    if (data.areFloats()) {
      floats.gather(b, THREADS);
    } else {
      data.copyBytes(b, stagingBuffer, b.movesOf(number), THREADS);
    }
    if (b.hasSteps(number)) {
      steps.draw(b);
    }
    boolean moved = b.isMoved(number);
    for (int i = 0; moved && i < b.n(); i++) {
      b.movesOrNull().draw(b.image(i), move.position((long) i * EpochAugmentation.NUMBERS));
    }
    // keeps the memory of a trainer that becomes unreachable without being closed
    Reference.reachabilityFence(slab);
  }

  private void scales(Normalization normalization) {
    if (normalization == scaled) {
      return;
    }
    normalization.requireFit(input.shape());
    LayoutKernel.scales(normalization.mean(), normalization.std(), scale, shift);
    scaled = normalization;
  }

  /** Frees the memory that was allocated outside the plan's memory. */
  void close() {
    steps.close();
    mixing.close();
  }
}
