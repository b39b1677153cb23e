package dev.quern.plan;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Conv2dImplementations;
import dev.quern.kernel.Conv2dTuning;
import dev.quern.kernel.Conv2dTuning.Pass;
import dev.quern.kernel.Descriptors;
import dev.quern.kernel.PackedConv2d;
import dev.quern.layer.Add;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Relu;
import dev.quern.layer.Relu6;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A convolution; its weights' gradients go straight into the gradient block. */
final class Conv2dOp extends UnaryOp implements PlanesReader {
  static final LayerPlan<Conv2d> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Step step, Conv2d conv, List<Value> inputs, Shape out) {
          return Conv2dOp.lower(b, step, inputs, out);
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean training) {
          return training // whose backward pass needs the convolution's own output
              ? List.of()
              : List.of(
                  Set.of(BatchNorm2d.class), Set.of(Add.class), Set.of(Relu.class, Relu6.class));
        }

        @Override
        public boolean readsPlanes(Builder b, Network.Node node, Shape in) {
          Conv2dDescriptor d = descriptor(b, node, in).src_planes(1);
          return Quern.quern_conv2d_workspace(d, new long[1]) == Quern.QUERN_OK;
        }

        @Override
        public void pack(Packing p, Conv2d conv) {
          Conv2dDescriptor d =
              Descriptors.conv2d(p.descriptor(), conv, 1, p.in, p.precision, p.training);
          p.weights.implementation =
              Conv2dTuning.choose(d, p.passes(Pass.FORWARD, Pass.BACKWARD_DATA));
          p.implementation(Conv2dImplementations.chosen(d));
          PackedConv2d packed = PackedConv2d.of(d, p.weights.weight, p::packed);
          p.weights.packed = packed.floats();
          p.packer(packed::pack);
        }
      };

  private final Conv2dDescriptor descriptor;
  private final Weights.Layer weights;
  private final int time;
  private PostOps post;

  /** Null where nobody normalises the output. */
  private Slot sums;

  private Slot forwardSpace;
  private Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private Conv2dOp(
      Conv2dDescriptor descriptor, Value in, Value out, Weights.Layer weights, int time) {
    super(in, out);
    this.descriptor = descriptor;
    this.weights = weights;
    this.time = time;
  }

  private static Value lower(Builder b, Step step, List<Value> inputs, Shape out) {
    Network.Node node = step.nodes().get(0);
    Value in = inputs.get(0);
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    Weights.Layer weights = b.weightsOf(node.name());
    boolean planes = in == b.input && b.inputPlanes;
    Conv2dDescriptor d = descriptor(b, node, in.shape).src_planes(planes ? 1 : 0);
    Conv2dOp op = new Conv2dOp(d, in, to, weights, b.forwardTime());
    if (planes) {
      b.planesReader = op;
    }
    op.post = PostOps.of(b, step, weights, inputs, to);
    long bytes = op.workspaceBytes();
    b.ops.add(op.workspaces(b.forwardWorkspace(bytes), b.backwardSlot(bytes)));
    if (b.training) {
      b.convolutions.put(step.name(), op);
    }
    return to;
  }

  /** With the implementation that the weights were packed for. */
  private static Conv2dDescriptor descriptor(Builder b, Network.Node node, Shape in) {
    Conv2dDescriptor d =
        Descriptors.conv2d(
            b.descriptor(),
            (Conv2d) node.layer(),
            b.batch,
            in,
            b.precision(),
            b.packedForTraining());
    Weights.Layer of = b.weightsOf(node.name());
    return of == null ? d : d.implementation(of.implementation);
  }

  /**
   * Has a training plan's forward pass leave each channel's sum and sum of squares, while its
   * output is in cache. They stay for the whole step, for who normalises may do so again.
   */
  Slot leaveSums(Builder b) {
    if (sums == null) {
      long[] doubles = new long[1];
      Status.check(Quern.quern_conv2d_piece_sums(descriptor, doubles));
      sums = b.slab.slot(16 * out.channels()).at(0).at(b.endTime());
      post = PostOps.leaving(sums, b.slab.slot(8 * doubles[0]).at(time), b, weights);
    }
    return sums;
  }

  long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_conv2d_workspace(descriptor, bytes));
    return bytes[0];
  }

  Conv2dOp workspaces(Slot forward, Slot backwardOrNull) {
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (post != null) {
      post.bind(slab);
    }
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void readFrom(FloatPointer input) {
    src = input;
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_conv2d_forward(
            descriptor,
            src,
            weights.packed,
            post == null ? weights.bias : post.bias(),
            post == null ? null : post.now(),
            dst,
            forwardWorkspace,
            forwardSpace.bytes));
  }

  @Override
  public void backward() {
    Status.check(
        Quern.quern_conv2d_backward_weights(
            descriptor,
            src,
            diffDst,
            weights.weightGrad,
            weights.biasGrad,
            backwardWorkspace,
            backwardSpace.bytes));
    if (diffSrc != null) {
      Status.check(
          Quern.quern_conv2d_backward_data(
              descriptor,
              diffDst,
              weights.packed,
              diffSrc,
              backwardWorkspace,
              backwardSpace.bytes));
    }
  }
}
