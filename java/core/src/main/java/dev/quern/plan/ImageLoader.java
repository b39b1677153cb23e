package dev.quern.plan;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Heap;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayoutKernel;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Brings images of a data set into a plan, with their labels or targets. The bytes of large
 * batches, which lie all over the set, are gathered by a thread of its own while the step before
 * runs; becoming floats, moved and normalised, is one native pass at the step's beginning. Not
 * thread-safe.
 */
final class ImageLoader {
  /**
   * Bytes that are worth it: the notebook's 30 MB make its step 5 % faster, lenet's 50 KB take less
   * time, 10 us of 8 ms, than waking a thread costs on 2 cores.
   */
  private static final long AHEAD = 1 << 20;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread t = new Thread(task, "quern-loader");
            t.setDaemon(true);
            return t;
          });

  private final Value input;
  private final boolean planes;
  private final LossOp loss;
  private final int batch;
  private final Slot staging;
  private final Slot scales;

  /** Null in inference. */
  private final Slot moves;

  /** Room for the labels, and for one target; made when first needed. */
  private int[] labels;

  private float[] target;
  private OffHeap slab;
  private ByteBuffer stagingBuffer;
  private BytePointer staged;
  private IntPointer firstMove;

  /** The gathering thread's, whose position moves. */
  private IntPointer move;

  private FloatPointer scale;
  private FloatPointer shift;
  private FloatPointer to;

  /** Whose scales are in their memory; null before the first. */
  private Normalization scaled;

  /** The batch whose bytes are in their memory, or will be when the thread is done. */
  private ImageBatch gathered;

  private CompletableFuture<Void> gathering = CompletableFuture.completedFuture(null);

  /** Takes room in the plan's slab, in training for good: the next batch comes in during a step. */
  ImageLoader(Builder b, LossOp loss, int batch, boolean training) {
    this.loss = loss;
    this.batch = batch;
    input = b.input();
    planes = b.inputPlanes;
    staging = b.slab.slot(input.shape().batch(batch).elements()).at(0);
    scales = b.slab.slot(2 * Float.BYTES * Math.max(1, input.shape().dim(0))).at(0).at(b.endTime());
    moves =
        training
            ? b.slab.slot((long) Integer.BYTES * Moves.NUMBERS * batch).at(0).at(b.endTime())
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

  /** Begins to gather a batch that {@link #load} will be asked for; in training only. */
  void ahead(ImageBatch next) {
    if ((long) next.n() * next.data().imageBytes() < AHEAD) {
      return;
    }
    await();
    gathered = next;
    try {
      gathering = CompletableFuture.runAsync(() -> gather(next), THREADS);
    } catch (OutOfMemoryError e) { // no thread to be had: it is gathered when it is loaded
      gathered = null;
    }
  }

  /** Waits for the thread, which must not be left when the memory is freed. */
  void await() {
    gathering.join();
  }

  void load(ImageBatch b, Normalization normalization) {
    requireInput(b.data());
    await();
    if (gathered != b) {
      gathered = null;
      gather(b);
    }
    gathered = null; // in inference the memory is others' from here on
    if (b.data().hasTargets()) {
      targets(b);
    } else {
      labels(b);
    }
    scales(normalization);
    LayoutKernel.images(
        b.n(),
        input.shape(),
        staged,
        b.movesOrNull() == null ? null : firstMove,
        scale,
        shift,
        to,
        planes);
  }

  private void requireInput(Dataset data) {
    Plan.requireInput(data.shape(), input.shape());
    if (stagingBuffer == null) {
      throw new InvalidArgumentException(
          "plan: a batch of " + batch + " images is over 2 GiB of pixels");
    }
  }

  private void gather(ImageBatch b) {
    for (int i = 0; i < b.n(); i++) {
      b.data().copyImage(b.image(i), stagingBuffer, i * b.data().imageBytes());
    }
    for (int i = 0; b.movesOrNull() != null && i < b.n(); i++) {
      b.movesOrNull().draw(b.image(i), move.position((long) i * Moves.NUMBERS));
    }
    Reference.reachabilityFence(slab); // of a trainer that nobody closes or holds any more
  }

  private void labels(ImageBatch b) {
    if (labels == null) {
      labels = Heap.ints("plan: labels", batch);
    }
    for (int i = 0; i < b.n(); i++) {
      labels[i] = b.data().label(b.image(i));
    }
    loss.labels(labels, b.n());
  }

  private void targets(ImageBatch b) {
    loss.requireTargets(b.data().targetShape());
    if (target == null) {
      target = new float[(int) b.data().targetShape().elements()];
    }
    for (int i = 0; i < b.n(); i++) {
      b.data().copyTarget(b.image(i), target);
      loss.target(i, target);
    }
  }

  private void scales(Normalization normalization) {
    if (normalization == scaled) {
      return;
    }
    normalization.requireFit(input.shape());
    float[] mean = normalization.mean();
    float[] std = normalization.std();
    for (int c = 0; c < mean.length; c++) {
      scale.put(c, (float) (1 / (255.0 * std[c])));
      shift.put(c, (float) (-(double) mean[c] / std[c]));
    }
    scaled = normalization;
  }
}
