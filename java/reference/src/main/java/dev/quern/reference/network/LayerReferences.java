package dev.quern.reference.network;

import static dev.quern.reference.network.PlainReferences.merge;
import static dev.quern.reference.network.PlainReferences.unary;

import dev.quern.error.InvalidArgumentException;
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
import dev.quern.layer.Layer1d;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Quantized;
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
import dev.quern.layer.volume.Layer3d;
import dev.quern.network.LayerTypes;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.AdaptiveAvgPool2dReference;
import dev.quern.reference.layer.AdaptiveMaxPool2dReference;
import dev.quern.reference.layer.AvgPool2dReference;
import dev.quern.reference.layer.DropoutReference.Unit;
import dev.quern.reference.layer.FlattenReference;
import dev.quern.reference.layer.LocalResponseNormReference;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.reference.layer.activation.ActivationReference;
import dev.quern.reference.layer.activation.LogSoftmaxReference;
import dev.quern.reference.layer.activation.PReluReference;
import dev.quern.reference.layer.activation.ReluReference;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.reference.layer.math.AddReference;
import dev.quern.reference.layer.math.ArgmaxReference;
import dev.quern.reference.layer.math.CompareReference;
import dev.quern.reference.layer.math.DivideReference;
import dev.quern.reference.layer.math.MatmulReference;
import dev.quern.reference.layer.math.MaximumReference;
import dev.quern.reference.layer.math.MinimumReference;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.layer.math.PowReference;
import dev.quern.reference.layer.math.ReductionReference;
import dev.quern.reference.layer.math.SubtractReference;
import dev.quern.reference.layer.math.WhereReference;
import dev.quern.reference.layer.shape.ChannelShuffleReference;
import dev.quern.reference.layer.shape.ChunkReference;
import dev.quern.reference.layer.shape.CircularPad2dReference;
import dev.quern.reference.layer.shape.ConcatReference;
import dev.quern.reference.layer.shape.ConstantReference;
import dev.quern.reference.layer.shape.GatherReference;
import dev.quern.reference.layer.shape.GridSampleReference;
import dev.quern.reference.layer.shape.PermuteReference;
import dev.quern.reference.layer.shape.PixelUnshuffleReference;
import dev.quern.reference.layer.shape.ReflectionPad2dReference;
import dev.quern.reference.layer.shape.ReplicationPad2dReference;
import dev.quern.reference.layer.shape.ReshapeReference;
import dev.quern.reference.layer.shape.ResizeLikeReference;
import dev.quern.reference.layer.shape.SliceReference;
import dev.quern.reference.layer.shape.TrainableTensorReference;
import dev.quern.reference.layer.shape.UpsampleBilinear2dReference;
import dev.quern.reference.layer.shape.UpsampleNearest2dReference;
import dev.quern.reference.layer.shape.ZeroPad2dReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Table of the reference implementations by layer type. */
final class LayerReferences {
  private static final Map<Class<?>, Function<Layer, LayerReference>> TABLE = new HashMap<>();

  static {
    put(
        AdaptiveAvgPool2d.class,
        pool ->
            unary(
                x -> AdaptiveAvgPool2dReference.forward(pool, x),
                (x, dy) -> AdaptiveAvgPool2dReference.backward(pool, dy, x.shape())));
    put(
        AdaptiveMaxPool2d.class,
        pool ->
            unary(
                x -> AdaptiveMaxPool2dReference.forward(pool, x),
                (x, dy) -> AdaptiveMaxPool2dReference.backward(pool, x, dy)));
    put(Add.class, add -> merge(AddReference::forward, AddReference::backward));
    put(
        AvgPool2d.class,
        pool ->
            unary(
                x -> AvgPool2dReference.forward(pool, x),
                (x, dy) -> AvgPool2dReference.backward(pool, dy, x.shape())));
    put(BatchNorm2d.class, LayerReference.OfBatchNorm2d::new);
    put(
        CircularPad2d.class,
        pad ->
            unary(
                x -> CircularPad2dReference.forward(pad, x),
                (x, dy) -> CircularPad2dReference.backward(pad, dy, x.shape())));
    put(
        Concat.class,
        concat ->
            merge(
                x -> ConcatReference.forward(concat, x),
                (x, dy) ->
                    ConcatReference.backward(concat, x.stream().map(NdArray::shape).toList(), dy)));
    put(Conv2d.class, LayerReference.OfConv2d::new);
    put(Dropout.class, d -> new LayerReference.OfDropout(d.p(), Unit.ELEMENT));
    put(Dropout2d.class, d -> new LayerReference.OfDropout(d.p(), Unit.CHANNEL));
    put(StochasticDepth.class, d -> new LayerReference.OfDropout(d.p(), Unit.SAMPLE));
    put(ConvTranspose2d.class, LayerReference.OfConvTranspose2d::new);
    put(DeformConv2d.class, LayerReference.OfDeformConv2d::new);
    put(
        Flatten.class,
        flatten ->
            unary(FlattenReference::forward, (x, dy) -> FlattenReference.backward(dy, x.shape())));
    put(GroupNorm.class, NormReference::of);
    put(LayerNorm.class, NormReference::of);
    put(Linear.class, LayerReference.OfLinear::new);
    put(
        LocalResponseNorm.class,
        norm ->
            unary(
                x -> LocalResponseNormReference.forward(norm, x),
                (x, dy) -> LocalResponseNormReference.backward(norm, x, dy)));
    put(
        LogSoftmax.class,
        log ->
            unary(
                LogSoftmaxReference::forward,
                (x, dy) -> LogSoftmaxReference.backward(LogSoftmaxReference.forward(x), dy)));
    put(
        MaxPool2d.class,
        pool ->
            unary(
                x -> MaxPool2dReference.forward(pool, x),
                (x, dy) -> MaxPool2dReference.backward(pool, x, dy)));
    put(Multiply.class, multiply -> merge(MultiplyReference::forward, MultiplyReference::backward));
    put(
        PRelu.class,
        prelu ->
            new NormReference(
                (x, w, b) -> PReluReference.forward(prelu, x, w),
                (x, w, dy) -> PReluReference.backward(prelu, x, w, dy)));
    put(
        ReflectionPad2d.class,
        pad ->
            unary(
                x -> ReflectionPad2dReference.forward(pad, x),
                (x, dy) -> ReflectionPad2dReference.backward(pad, dy, x.shape())));
    put(Relu.class, relu -> unary(ReluReference::forward, ReluReference::backward));
    put(RmsNorm.class, NormReference::of);
    put(
        ReplicationPad2d.class,
        pad ->
            unary(
                x -> ReplicationPad2dReference.forward(pad, x),
                (x, dy) -> ReplicationPad2dReference.backward(pad, dy, x.shape())));
    put(ScaledDotProductAttention.class, AttentionReference::new);
    put(
        Softmax.class,
        softmax ->
            unary(
                SoftmaxReference::forward,
                (x, dy) -> SoftmaxReference.backward(SoftmaxReference.forward(x), dy)));
    put(
        UpsampleBilinear2d.class,
        upsample ->
            unary(
                x -> UpsampleBilinear2dReference.forward(upsample, x),
                (x, dy) -> UpsampleBilinear2dReference.backward(upsample, dy, x.shape())));
    put(
        UpsampleNearest2d.class,
        upsample ->
            unary(
                x -> UpsampleNearest2dReference.forward(upsample, x),
                (x, dy) -> UpsampleNearest2dReference.backward(upsample, dy, x.shape())));
    put(
        ZeroPad2d.class,
        pad ->
            unary(
                x -> ZeroPad2dReference.forward(pad, x),
                (x, dy) -> ZeroPad2dReference.backward(pad, dy, x.shape())));
    put(
        ChannelShuffle.class,
        layer ->
            unary(
                x -> ChannelShuffleReference.forward(layer, x),
                (x, dy) -> ChannelShuffleReference.backward(layer, dy, x.shape())));
    put(
        PixelUnshuffle.class,
        layer ->
            unary(
                x -> PixelUnshuffleReference.forward(layer, x),
                (x, dy) -> PixelUnshuffleReference.backward(layer, dy, x.shape())));
    put(
        Constant.class,
        layer ->
            unary(
                x -> ConstantReference.forward(layer, x),
                (x, dy) -> ConstantReference.backward(layer, dy, x.shape())));
    put(
        TrainableTensor.class,
        layer ->
            new NormReference(
                (x, w, b) -> TrainableTensorReference.forward(layer, x, w),
                (x, w, dy) -> TrainableTensorReference.backward(layer, x.shape(), dy)));
    put(
        Gather.class,
        layer ->
            unary(
                x -> GatherReference.forward(layer, x),
                (x, dy) -> GatherReference.backward(layer, dy, x.shape())));
    put(
        Permute.class,
        layer ->
            unary(
                x -> PermuteReference.forward(layer, x),
                (x, dy) -> PermuteReference.backward(layer, dy, x.shape())));
    put(
        Reshape.class,
        layer ->
            unary(
                x -> ReshapeReference.forward(layer, x),
                (x, dy) -> ReshapeReference.backward(layer, dy, x.shape())));
    put(
        Slice.class,
        layer ->
            unary(
                x -> SliceReference.forward(layer, x),
                (x, dy) -> SliceReference.backward(layer, dy, x.shape())));
    put(
        Chunk.class,
        layer ->
            unary(
                x -> ChunkReference.forward(layer, x),
                (x, dy) -> ChunkReference.backward(layer, dy, x.shape())));
    put(
        ResizeLike.class,
        layer ->
            merge(
                x -> ResizeLikeReference.forward(layer, x),
                (x, dy) -> ResizeLikeReference.backward(layer, x, dy)));
    put(
        GridSample.class,
        layer ->
            merge(
                x -> GridSampleReference.forward(layer, x),
                (x, dy) -> GridSampleReference.backward(layer, x, dy)));
    put(Matmul.class, layer -> merge(MatmulReference::forward, MatmulReference::backward));
    put(Divide.class, layer -> merge(DivideReference::forward, DivideReference::backward));
    put(
        Compare.class,
        layer ->
            merge(
                x -> CompareReference.forward(layer, x),
                (x, dy) -> CompareReference.backward(layer, x, dy)));
    put(Minimum.class, layer -> merge(MinimumReference::forward, MinimumReference::backward));
    put(Pow.class, layer -> merge(PowReference::forward, PowReference::backward));
    put(Where.class, layer -> merge(WhereReference::forward, WhereReference::backward));
    put(Maximum.class, layer -> merge(MaximumReference::forward, MaximumReference::backward));
    put(Subtract.class, layer -> merge(SubtractReference::forward, SubtractReference::backward));
    for (Class<? extends Recurrent> type : LayerTypes.family(Recurrent.class)) {
      put(type, RecurrentLayerReference::new);
    }
    for (Class<? extends Extremum> type : LayerTypes.family(Extremum.class)) {
      put(
          type,
          layer ->
              unary(
                  x -> ArgmaxReference.forward(layer, x),
                  (x, dy) -> ArgmaxReference.backward(layer, x, dy)));
    }
    for (Class<? extends Reduction> type : LayerTypes.family(Reduction.class)) {
      put(
          type,
          layer ->
              unary(
                  x -> ReductionReference.forward(layer, x),
                  (x, dy) -> ReductionReference.backward(layer, x, dy)));
    }
    for (Class<? extends Activation> type : LayerTypes.family(Activation.class)) {
      put(
          type,
          activation ->
              unary(
                  x -> ActivationReference.forward(activation, x),
                  (x, dy) -> ActivationReference.backward(activation, x, dy)));
    }
  }

  private LayerReferences() {}

  private static <L extends Layer> void put(Class<L> type, Function<L, LayerReference> twin) {
    TABLE.put(type, layer -> twin.apply(type.cast(layer)));
  }

  static LayerReference of(Layer layer) {
    if (layer instanceof Layer1d signals) {
      return new Layer1dReference(signals);
    }
    if (layer instanceof Layer3d volumes) {
      return VolumeReferences.of(volumes);
    }
    if (layer instanceof Quantized q) {
      return LayerReference.of(q.plain()); // the weights are already dequantized
    }
    Function<Layer, LayerReference> twin = TABLE.get(layer.getClass());
    if (twin == null) {
      throw new InvalidArgumentException(
          "reference: layer " + layer.type() + " has no reference implementation");
    }
    return twin.apply(layer);
  }
}
