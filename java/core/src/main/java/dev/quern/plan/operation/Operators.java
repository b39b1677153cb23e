package dev.quern.plan.operation;

import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.CustomLayer;
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
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.RmsNorm;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.FakeQuantize;
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
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.ResizeLike;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.layer.volume.AvgPool3d;
import dev.quern.layer.volume.Conv3d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.network.LayerTypes;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.LayerTable;
import dev.quern.plan.build.QuantizeOp;
import java.util.HashMap;
import java.util.Map;

/** The table that maps each layer type to its operation. */
public final class Operators implements LayerTable {
  private final Map<Class<?>, LayerPlan<?>> table = new HashMap<>();

  public Operators() {
    put(AdaptiveAvgPool2d.class, Resize2dOp.ADAPTIVE_PLAN);
    put(AdaptiveMaxPool2d.class, LayerPlan.unary(MaxPool2dOp::adaptive));
    put(Add.class, PairBytesOp.ADD);
    put(AvgPool2d.class, AvgPool2dOp.PLAN);
    put(AvgPool3d.class, LayerPlan.unary(AvgPool2dOp::volumes));
    put(BatchNorm2d.class, BatchNorm2dOp.PLAN);
    put(
        ChannelShuffle.class,
        StridedCopyOp.plan((l, in) -> Rearrangement.channelShuffle(in, l.groups())));
    put(
        Chunk.class,
        StridedCopyOp.plan((l, in) -> Rearrangement.chunk(in, l.axis(), l.chunks(), l.index())));
    put(CircularPad2d.class, LayerPlan.unary(Resize2dOp::circularPad2d));
    put(
        Compare.class,
        LayerPlan.merge(
            (b, layer, in, out) ->
                BinaryOp.lower(b, BinaryKernel.valueOf(layer.kind().name()), in, out)));
    put(Concat.class, ConcatOp.PLAN);
    put(Constant.class, ConstantOp.PLAN);
    put(Conv2d.class, Conv2dOp.PLAN);
    put(Conv3d.class, Conv3dOp.PLAN);
    put(ConvTranspose2d.class, ConvTranspose2dOp.PLAN);
    put(CustomLayer.class, CustomOp.PLAN);
    put(DeformConv2d.class, DeformConv2dOp.PLAN);
    put(Divide.class, BinaryOp.plan(BinaryKernel.DIVIDE));
    put(Dropout.class, DropoutOp.PLAN);
    put(Dropout2d.class, DropoutOp.PLAN_2D);
    put(StochasticDepth.class, DropoutOp.PLAN_OF_SAMPLES);
    put(Flatten.class, new FlattenPlan());
    put(Gather.class, LayerPlan.strided(GatherOp::lower));
    put(GridSample.class, GridSampleOp.PLAN);
    put(GroupNorm.class, GroupNormOp.PLAN);
    put(LayerNorm.class, LayerNormOp.PLAN);
    put(Linear.class, LinearOp.PLAN);
    put(LocalResponseNorm.class, LayerPlan.unary(LocalResponseNormOp::lower));
    put(LogSoftmax.class, SoftmaxOp.plan(SoftmaxKernel.LOG_SOFTMAX));
    put(Matmul.class, MatmulOp.PLAN);
    put(MaxPool2d.class, MaxPool2dOp.PLAN);
    put(MaxPool3d.class, LayerPlan.unary(MaxPool2dOp::volumes));
    put(Maximum.class, BinaryOp.plan(BinaryKernel.MAXIMUM));
    put(Minimum.class, BinaryOp.plan(BinaryKernel.MINIMUM));
    put(Multiply.class, PairBytesOp.MULTIPLY);
    put(PRelu.class, LayerPlan.unary(PReluOp::lower));
    put(Permute.class, StridedCopyOp.plan((l, in) -> Rearrangement.permute(in, l.dims())));
    put(
        PixelUnshuffle.class,
        StridedCopyOp.plan((l, in) -> Rearrangement.pixelUnshuffle(in, l.downscaleFactor())));
    put(Pow.class, BinaryOp.plan(BinaryKernel.POW));
    put(QuantizedConv2d.class, QuantizedConv2dOp.PLAN);
    put(QuantizedLinear.class, QuantizedConv2dOp.LINEAR_PLAN);
    put(ReflectionPad2d.class, LayerPlan.unary(Resize2dOp::reflectionPad2d));
    put(Relu.class, LookupOp.relu());
    put(ReplicationPad2d.class, LayerPlan.unary(Resize2dOp::replicationPad2d));
    put(Reshape.class, new ReshapePlan());
    put(ResizeLike.class, ResizeLikeOp.PLAN);
    put(RmsNorm.class, LayerNormOp.RMS_PLAN);
    put(ScaledDotProductAttention.class, ScaledDotProductAttentionOp.PLAN);
    put(
        Slice.class,
        StridedCopyOp.plan(
            (l, in) -> Rearrangement.slice(in, l.axis(), l.start(), l.end(), l.step())));
    put(Softmax.class, SoftmaxOp.plan(SoftmaxKernel.SOFTMAX));
    put(Subtract.class, BinaryOp.plan(BinaryKernel.SUBTRACT));
    put(TrainableTensor.class, TrainableTensorOp.PLAN);
    put(UpsampleBilinear2d.class, LayerPlan.unary(Resize2dOp::upsampleBilinear2d));
    put(UpsampleNearest2d.class, Resize2dOp.NEAREST_PLAN);
    put(Where.class, LayerPlan.merge(WhereOp::lower));
    put(ZeroPad2d.class, LayerPlan.unary(Resize2dOp::zeroPad2d));
    for (Class<? extends Extremum> type : LayerTypes.family(Extremum.class)) {
      put(type, LayerPlan.strided(ArgmaxOp::lower));
    }
    for (Class<? extends Reduction> type : LayerTypes.family(Reduction.class)) {
      put(type, LayerPlan.strided(ReductionOp::lower));
    }
    for (Class<? extends Activation> type : LayerTypes.family(Activation.class)) {
      put(type, LookupOp.activation());
    }
    put(FakeQuantize.class, QuantizeOp.PLAN);
    for (Class<? extends Recurrent> type : LayerTypes.family(Recurrent.class)) {
      put(type, RecurrentOp.PLAN);
    }
  }

  private <L extends Layer> void put(Class<L> type, LayerPlan<? super L> plan) {
    table.put(type, plan);
  }

  @Override
  public Map<Class<?>, LayerPlan<?>> plans() {
    return table;
  }
}
