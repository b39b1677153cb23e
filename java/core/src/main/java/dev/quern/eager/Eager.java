package dev.quern.eager;

import dev.quern.internal.arguments.Require;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.GroupNorm;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.PRelu;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Compare;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Extremum;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Where;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;

/**
 * Single layers on tensors, without a network: {@code Eager.of(new MaxPool2d(2)).forward(input)}.
 * Each method accepts one type of layer, or a family of types, and returns an object with the
 * layer's forward and backward passes.
 *
 * <p>Tensors are in NCHW order. A pass checks the shapes, runs the native operator, and returns new
 * tensors in the arena of one of its arguments. Passes are immutable and thread-safe. A pass throws
 * a {@link dev.quern.error.ShapeException} if a shape does not match the layer, an {@link
 * dev.quern.error.InvalidArgumentException} if an argument is null or outside its range, and a
 * {@link dev.quern.error.ClosedException} if a tensor's arena is closed. The methods of this class
 * throw an {@code InvalidArgumentException} if the layer is null.
 *
 * <p>1D layers, such as {@link dev.quern.layer.Conv1d}, run as the corresponding 2D layers, on
 * tensors {@code [N, C, 1, L]}. {@link dev.quern.layer.volume.BatchNorm3d} runs as {@link
 * BatchNorm2d} on tensors {@code [N, C, D H, W]}.
 */
public final class Eager {
  private Eager() {}

  public static ActivationPass of(Activation layer) {
    return new ActivationPass(present(layer));
  }

  public static Resize2dPass of(AdaptiveAvgPool2d layer) {
    return new Resize2dPass(present(layer), Operator.ADAPTIVE_AVG_POOL2D);
  }

  public static AdaptiveMaxPool2dPass of(AdaptiveMaxPool2d layer) {
    return new AdaptiveMaxPool2dPass(present(layer));
  }

  public static BinaryPass of(Add layer) {
    return new BinaryPass(present(layer), BinaryKernel.ADD);
  }

  public static AvgPool2dPass of(AvgPool2d layer) {
    return new AvgPool2dPass(present(layer));
  }

  public static AvgPool3dPass of(AvgPool3d layer) {
    return new AvgPool3dPass(present(layer));
  }

  public static BatchNorm2dPass of(BatchNorm2d layer) {
    return new BatchNorm2dPass(present(layer));
  }

  public static RearrangePass of(ChannelShuffle layer) {
    return new RearrangePass(
        present(layer), in -> Rearrangement.channelShuffle(in, layer.groups()));
  }

  public static RearrangePass of(Chunk layer) {
    return new RearrangePass(
        present(layer), in -> Rearrangement.chunk(in, layer.axis(), layer.chunks(), layer.index()));
  }

  public static Resize2dPass of(CircularPad2d layer) {
    return new Resize2dPass(present(layer), Operator.CIRCULAR_PAD2D, layer.top(), layer.left());
  }

  public static BinaryPass of(Compare layer) {
    return new BinaryPass(present(layer), BinaryKernel.valueOf(layer.kind().name()));
  }

  public static ConcatPass of(Concat layer) {
    return new ConcatPass(present(layer));
  }

  public static Conv2dPass of(Conv2d layer) {
    return new Conv2dPass(present(layer));
  }

  public static Conv3dPass of(Conv3d layer) {
    return new Conv3dPass(present(layer));
  }

  public static ConvTranspose2dPass of(ConvTranspose2d layer) {
    return new ConvTranspose2dPass(present(layer));
  }

  public static DeformConv2dPass of(DeformConv2d layer) {
    return new DeformConv2dPass(present(layer));
  }

  public static BinaryPass of(Divide layer) {
    return new BinaryPass(present(layer), BinaryKernel.DIVIDE);
  }

  public static DropoutPass of(Dropout layer) {
    return new DropoutPass(present(layer), layer.p(), DropoutPass.Unit.ELEMENT);
  }

  public static DropoutPass of(Dropout2d layer) {
    return new DropoutPass(present(layer), layer.p(), DropoutPass.Unit.CHANNEL);
  }

  public static ExtremumPass of(Extremum layer) {
    return new ExtremumPass(present(layer));
  }

  public static FlattenPass of(Flatten layer) {
    return new FlattenPass(present(layer));
  }

  public static GatherPass of(Gather layer) {
    return new GatherPass(present(layer));
  }

  public static GroupNormPass of(GroupNorm layer) {
    return new GroupNormPass(present(layer));
  }

  public static LayerNormPass of(LayerNorm layer) {
    return new LayerNormPass(present(layer));
  }

  public static LinearPass of(Linear layer) {
    return new LinearPass(present(layer));
  }

  public static LocalResponseNormPass of(LocalResponseNorm layer) {
    return new LocalResponseNormPass(present(layer));
  }

  public static SoftmaxPass of(LogSoftmax layer) {
    return new SoftmaxPass(present(layer), SoftmaxKernel.LOG_SOFTMAX);
  }

  public static MatmulPass of(Matmul layer) {
    return new MatmulPass(present(layer));
  }

  public static MaxPool2dPass of(MaxPool2d layer) {
    return new MaxPool2dPass(present(layer));
  }

  public static MaxPool3dPass of(MaxPool3d layer) {
    return new MaxPool3dPass(present(layer));
  }

  public static BinaryPass of(Maximum layer) {
    return new BinaryPass(present(layer), BinaryKernel.MAXIMUM);
  }

  public static BinaryPass of(Minimum layer) {
    return new BinaryPass(present(layer), BinaryKernel.MINIMUM);
  }

  public static BinaryPass of(Multiply layer) {
    return new BinaryPass(present(layer), BinaryKernel.MULTIPLY);
  }

  public static PReluPass of(PRelu layer) {
    return new PReluPass(present(layer));
  }

  public static RearrangePass of(Permute layer) {
    return new RearrangePass(present(layer), in -> Rearrangement.permute(in, layer.dims()));
  }

  public static RearrangePass of(PixelUnshuffle layer) {
    return new RearrangePass(
        present(layer), in -> Rearrangement.pixelUnshuffle(in, layer.downscaleFactor()));
  }

  public static BinaryPass of(Pow layer) {
    return new BinaryPass(present(layer), BinaryKernel.POW);
  }

  public static ReductionPass of(Reduction layer) {
    return new ReductionPass(present(layer));
  }

  public static Resize2dPass of(ReflectionPad2d layer) {
    return new Resize2dPass(present(layer), Operator.REFLECTION_PAD2D, layer.top(), layer.left());
  }

  public static ReluPass of(Relu layer) {
    return new ReluPass(present(layer));
  }

  public static Resize2dPass of(ReplicationPad2d layer) {
    return new Resize2dPass(present(layer), Operator.REPLICATION_PAD2D, layer.top(), layer.left());
  }

  public static ReshapePass of(Reshape layer) {
    return new ReshapePass(present(layer));
  }

  public static GridSamplePass of(GridSample layer) {
    return new GridSamplePass(present(layer));
  }

  public static ResizeLikePass of(ResizeLike layer) {
    return new ResizeLikePass(present(layer));
  }

  public static RmsNormPass of(RmsNorm layer) {
    return new RmsNormPass(present(layer));
  }

  /** Returns the passes of an LSTM, a GRU or a plain recurrent network. */
  public static RecurrentPass of(Recurrent layer) {
    return new RecurrentPass(present(layer));
  }

  public static ScaledDotProductAttentionPass of(ScaledDotProductAttention layer) {
    return new ScaledDotProductAttentionPass(present(layer));
  }

  public static RearrangePass of(Slice layer) {
    return new RearrangePass(
        present(layer),
        in -> Rearrangement.slice(in, layer.axis(), layer.start(), layer.end(), layer.step()));
  }

  public static SoftmaxPass of(Softmax layer) {
    return new SoftmaxPass(present(layer), SoftmaxKernel.SOFTMAX);
  }

  public static DropoutPass of(StochasticDepth layer) {
    return new DropoutPass(present(layer), layer.p(), DropoutPass.Unit.SAMPLE);
  }

  public static BinaryPass of(Subtract layer) {
    return new BinaryPass(present(layer), BinaryKernel.SUBTRACT);
  }

  public static Resize2dPass of(UpsampleBilinear2d layer) {
    return new Resize2dPass(present(layer), Operator.bilinear(layer.alignCorners()));
  }

  public static Resize2dPass of(UpsampleNearest2d layer) {
    return new Resize2dPass(present(layer), Operator.UPSAMPLE_NEAREST2D);
  }

  public static WherePass of(Where layer) {
    return new WherePass(present(layer));
  }

  public static Resize2dPass of(ZeroPad2d layer) {
    return new Resize2dPass(present(layer), Operator.ZERO_PAD2D, layer.top(), layer.left());
  }

  private static <L extends Layer> L present(L layer) {
    return Require.present("eager", "layer", layer);
  }
}
