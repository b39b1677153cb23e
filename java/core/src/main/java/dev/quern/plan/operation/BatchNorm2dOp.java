package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ActivationKernel;
import dev.quern.kernel.BatchNorm2dKernel;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.LayerTypes;
import dev.quern.network.Network;
import dev.quern.plan.build.ActivationOp;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.SavedValues;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Batch normalization, fused with a following sum and ReLU, or with a following activation. In
 * training, it updates the running statistics; a preceding convolution computes the batch's sums.
 * Inference and frozen layers use the running statistics.
 */
final class BatchNorm2dOp extends UnaryOp implements SavedValues.Writer {
  private static final Set<Class<? extends Layer>> ENDS =
      Stream.concat(Stream.of(Relu.class), LayerTypes.family(Activation.class).stream())
          .collect(Collectors.toUnmodifiableSet());

  static final LayerPlan<BatchNorm2d> PLAN =
      new LayerPlan<>() {
        @Override
        public ByteUse bytes() {
          return ByteUse.NORMALIZES;
        }

        @Override
        public Value lower(
            Builder b, Chain chain, BatchNorm2d norm, List<Value> inputs, Shape out) {
          return BatchNorm2dOp.lower(b, chain, norm, inputs, out);
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean backward) {
          return List.of(Set.of(Add.class), ENDS);
        }

        /** Returns whether a layer may be fused. After a sum, only ReLU may be fused. */
        @Override
        public boolean mayFollow(List<Network.Node> before, Layer next) {
          return before.size() == 1 || !(next instanceof Activation);
        }
      };

  private final BatchNorm2dKernel kernel;
  private final LayerWeights weights;
  private final Value added;

  /** Whether the backward pass reads the output. */
  private final boolean readsOutput;

  /**
   * Whether the layer normalizes with the batch's statistics and updates the running statistics.
   */
  private final boolean moves;

  /** The memory of the bf16 copies of input and output; null without. */
  private Slot copyOfIn;

  private Slot copyOfOut;
  private boolean canWriteAlone;

  /** Whether the backward pass writes the gradient of the input in bf16. */
  private boolean roundsGradient;

  /** Whether the forward pass writes the output's copy alone. */
  private boolean writesAlone;

  private Pointer srcCopy;
  private Pointer dstCopy;

  private Slot sumsSlot;
  private DoublePointer sums;
  private Pointer add;
  private Pointer diffAdd;
  private Slot savedSlot;
  private Slot forwardSpace;
  private Slot backwardSpace;
  private FloatPointer saved;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private BatchNorm2dOp(
      BatchNorm2dKernel kernel,
      Value in,
      Value added,
      boolean readsOutput,
      boolean moves,
      Value out,
      LayerWeights weights) {
    super(in, out);
    this.kernel = kernel;
    this.added = added;
    this.readsOutput = readsOutput;
    this.moves = moves;
    this.weights = weights;
  }

  static BatchNorm2dKernel kernel(
      Pointer at, BatchNorm2d layer, long batch, Shape in, boolean training) {
    return new BatchNorm2dKernel(at, batch, in, layer.momentum(), layer.eps(), training);
  }

  private static Value lower(
      Builder b, Chain chain, BatchNorm2d norm, List<Value> inputs, Shape out) {
    Value in = inputs.get(0);
    Value added = chain.has(Add.class) ? inputs.get(1) : null;
    boolean relu = chain.has(Relu.class);
    boolean relu6 = chain.has(Relu6.class);
    ActivationKernel activation =
        chain.last().layer() instanceof Activation a && !relu6 ? ActivationOp.kernel(b, a) : null;
    boolean readsOutput = activation != null ? activation.readsOutput() : relu && added != null;
    Slot copyOfIn = b.saved.copy(in, true);
    Conv2dOp before = Conv2dOp.of(b, chain.inputs().get(0));
    boolean roundsGradient =
        copyOfIn != null
            && activation == null
            && before != null
            && b.consumers.isOnly(chain.inputs().get(0))
            && before.readsBf16Gradient();
    Value to = normalized(b, chain, in, out, readsOutput, copyOfIn != null, roundsGradient);
    b.touchDiffs(in, to);
    if (added != null) {
      added.data.at(b.forwardTime());
      b.touchDiffs(added, to);
    }
    boolean moves = b.training && !b.frozen.statistics(chain.headName());
    BatchNorm2dKernel kernel = kernel(b.descriptor(), norm, b.batch, in.shape(), moves);
    if (activation != null) {
      kernel.activation(activation);
    } else if (relu6) {
      kernel.relu6();
    } else if (relu) {
      kernel.relu();
    }
    BatchNorm2dOp op =
        new BatchNorm2dOp(kernel, in, added, readsOutput, moves, to, b.weightsOf(chain.headName()));
    op.copyOfIn = copyOfIn;
    op.canWriteAlone = copyOfIn != null && activation == null;
    op.saveOutput(b, to);
    op.roundsGradient = roundsGradient;
    if (roundsGradient) {
      kernel.writesBf16Gradient();
    }
    if (moves && before != null) {
      op.sumsSlot = before.leaveSums(b);
    }
    Slot saved = b.savedSlot(2 * Float.BYTES * in.channels());
    long bytes = op.kernel.workspaceBytes();
    b.ops.add(op.slots(saved, b.forwardSlot(bytes), b.backwardSlot(bytes)));
    return to;
  }

  /**
   * Returns the output. The backward pass may overwrite its gradient with the gradient of {@code
   * in}. If the backward pass reads a copy of {@code in}, the output may overwrite {@code in}.
   *
   * @param pinned whether the backward pass reads the output
   * @param copied whether it reads a copy of {@code in}
   * @param rounded whether it writes the gradient of {@code in} in bf16
   */
  private static Value normalized(
      Builder b,
      Chain chain,
      Value in,
      Shape shape,
      boolean pinned,
      boolean copied,
      boolean rounded) {
    in.data.at(b.forwardTime());
    TensorType type = b.outType(shape);
    boolean only = b.consumers.isOnly(chain.inputs().get(0));
    boolean inPlace = copied && only && !in.pinned && in.type.equals(type);
    if (inPlace) {
      b.saved.overwritten(in.data);
    }
    Slot data = inPlace ? in.data : b.slot(type).at(b.forwardTime());
    Slot apart = b.backward() ? b.slot(type) : null;
    boolean shared = only && in.diff != null && !rounded;
    return new Value(type, data, shared ? in.diff : apart, pinned);
  }

  /** Keeps the output if the backward pass reads it. */
  private void saveOutput(Builder b, Value to) {
    if (copyOfIn != null) {
      kernel.savesBf16();
      copyOfOut = readsOutput ? b.saved.copy(to, true) : null;
    } else if (readsOutput) {
      b.keepForBackward(to);
    }
    b.saved.writer(to, this);
  }

  @Override
  public void alsoWrite(Slot copy) {
    copyOfOut = copy;
  }

  @Override
  public boolean canWriteAlone() {
    return canWriteAlone;
  }

  @Override
  public void writeAlone() {
    writesAlone = true;
  }

  @Override
  public boolean readBf16Gradient() {
    if (!roundsGradient || out.diff == null) {
      return false;
    }
    kernel.readsBf16Gradient();
    out.diff.bytes /= 2;
    return true;
  }

  BatchNorm2dOp slots(Slot statistics, Slot forward, Slot backwardOrNull) {
    savedSlot = statistics;
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    saved = slab.floats(savedSlot.offset);
    srcCopy = copyOfIn == null ? null : slab.pointer(copyOfIn.offset);
    dstCopy = copyOfOut == null ? null : slab.pointer(copyOfOut.offset);
    sums = sumsSlot == null ? null : slab.doubles(sumsSlot.offset);
    if (added != null) {
      add = slab.pointer(added.data.offset);
      diffAdd = out.diff == null || added.diff == null ? null : slab.pointer(added.diff.offset);
    }
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    forward(weights.runningMean, weights.runningVar);
  }

  /** Runs the forward pass again, without updating the running statistics a second time. */
  @Override
  public void recompute() {
    forward(moves ? null : weights.runningMean, moves ? null : weights.runningVar);
  }

  private void forward(FloatPointer runningMean, FloatPointer runningVar) {
    kernel.forward(
        src,
        sums,
        weights.weight,
        weights.bias,
        runningMean,
        runningVar,
        add,
        writesAlone ? null : dst,
        saved,
        srcCopy,
        dstCopy,
        forwardWorkspace,
        forwardSpace.bytes);
  }

  @Override
  public void gradients() {
    kernel.backward(
        copyOfIn == null ? src : srcCopy,
        readsOutput ? (copyOfIn == null ? dst : dstCopy) : null,
        diffDst,
        weights.weight,
        weights.bias,
        saved,
        diffSrc,
        diffAdd,
        weights.weightGrad,
        weights.biasGrad,
        backwardWorkspace,
        backwardSpace.bytes);
  }
}
