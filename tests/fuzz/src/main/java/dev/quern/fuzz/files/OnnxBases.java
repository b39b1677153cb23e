package dev.quern.fuzz.files;

import dev.quern.error.QuernException;
import dev.quern.io.NetworkJson;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** ONNX models to begin with: each operator that is read, and networks of our own as written. */
final class OnnxBases {
  /** Each has an input x and an output y. */
  static final List<String> NODES =
      List.of(
          "Conv x[1,2,6,6] w(4,2,3,3) b(4) -> y pads=1,1,1,1 strides=2,1",
          "Conv x[-1,2,6] w(4,1,3) -> y group=2 dilations=2, auto_pad=SAME_UPPER",
          "Conv x[1,2,4,5,6] w(2,2,2,3,1) b(2) -> y pads=1,0,0,1,0,0",
          "ConvTranspose x[1,2,4,4] w(2,3,2,2) b(3) -> y strides=2,2 output_padding=1,1 pads=0,1,1,0",
          "ConvTranspose x[1,2,3,3,3] w(2,2,2,2,2) -> y strides=2,1,1 output_shape=6,4,4",
          "MaxPool x[1,2,6,6] -> y kernel_shape=3,3 strides=2,2 pads=1,1,0,0 ceil_mode=1",
          "AveragePool x[1,2,7,6] -> y kernel_shape=3,2 strides=2,2 pads=1,1,0,0 count_include_pad=1 ceil_mode=1",
          "LpPool x[1,2,6] -> y kernel_shape=3, p=3",
          "GlobalAveragePool x[-1,3,-1,-1] -> y",
          "GlobalMaxPool x[1,3,5] -> y",
          "GlobalLpPool x[1,3,2,2] -> y p=1",
          "BatchNormalization x[1,3,4,4] s(3) b(3) m(3) v(3) -> y epsilon=0.001 momentum=0.8",
          "BatchNormalization x[2,3,4] s(3) b(3) m(3) v(3) -> y a c training_mode=1",
          "InstanceNormalization x[1,3,4,4] s(3) b(3) -> y",
          "GroupNormalization x[1,4,2,2] s(4) b(4) -> y num_groups=2",
          "LayerNormalization x[1,3,4] s(3,4) b(3,4) -> y m d axis=1",
          "SimplifiedLayerNormalization x[1,3,4] s(3,4) -> y i axis=1",
          "LSTM x[3,1,2] w(2,8,2) r(2,8,2) b(2,16) _ h(2,1,2) -> y h c hidden_size=2"
              + " direction=bidirectional activations=Sigmoid+Tanh+Tanh+Sigmoid+Tanh+Tanh",
          "GRU x[3,1,2] w(1,3,2) r(1,3,1) b(1,6) -> y h linear_before_reset=1 direction=reverse",
          "RNN x[3,1,2] w(1,2,2) r(1,2,2) -> y h activations=Relu+",
          "LRN x[1,5,3,3] -> y size=3 alpha=0.1 beta=0.75 bias=1.5",
          "Dropout x[1,4] -> y m ratio=0.5",
          "Gemm x[1,4] w(4,3) b(3) -> y alpha=0.5 beta=2.0",
          "Gemm x[4,2] w(3,4) b(2,3) -> y transA=1 transB=1",
          "MatMul x[1,3,4] w(4,5) -> y",
          "MatMul x[2,3,4] z[2,4,3] -> y",
          "Einsum x[2,3,4] z[2,4,5] -> y equation=bij,bjk->bki",
          "Einsum x[1,3,4] w(4) -> y equation=...j,j->...",
          "Add x[1,3,4] w(3,1) -> y",
          "Sub x[1,3,4] z[4] -> y",
          "Mul x[1,3] w(1) -> y",
          "Div w(3) x[1,3] -> y",
          "Pow x[1,3] w() -> y",
          "Min x[1,3] w(3) z[1,3] -> y",
          "Max x[1,3] w(1) -> y",
          "Sum x[1,3] z[1,3] w(3) -> y",
          "Mean x[1,3] z[1,3] -> y",
          "Clip x[1,3] lo() hi() -> y",
          "PRelu x[1,3,4] w(3,1) -> y",
          "LeakyRelu x[1,3] -> y alpha=0.2",
          "Selu x[1,3] -> y alpha=1.5 gamma=2.0",
          "HardSigmoid x[1,3] -> y alpha=0.25 beta=0.5",
          "Gelu x[1,3] -> y approximate=tanh",
          "Softmax x[1,3,4] -> y axis=1",
          "LogSoftmax x[1,3,4,5] -> y axis=-1",
          "Relu x[-1,2,-1,-1] -> y",
          "Cast x[1,3] -> y to=7",
          "Reshape x[1,3,4] k{0,-1,2} -> y",
          "Flatten x[1,3,4] -> y axis=1",
          "Squeeze x[1,3,1] k{2} -> y",
          "Unsqueeze x[1,3] k{0,3} -> y",
          "Transpose x[1,3,4,5] -> y perm=0,2,3,1",
          "Concat x[1,3,4] z[1,2,4] w(1,1,4) -> y axis=1",
          "Slice x[1,5,4] k{3} e{0} a{1} t{-2} -> y",
          "Split x[1,6] k{2,4} -> y q axis=1",
          "Gather x[1,3,4] k{2,0} -> y axis=2",
          "Expand x[1,3,1] k{2,3,4} -> y",
          "Tile x[1,3] k{1,2} -> y",
          "Pad x[1,2,3,4] k{0,0,1,2,0,0,1,0} -> y mode=reflect",
          "Pad x[1,2,3] k{0,1,-1,0,0,2} w() -> y",
          "DepthToSpace x[1,8,2,2] -> y blocksize=2 mode=CRD",
          "SpaceToDepth x[1,2,4,4] -> y blocksize=2",
          "Resize x[1,2,3,3] _ _ k{1,2,6,5} -> y mode=linear coordinate_transformation_mode=half_pixel",
          "Resize x[1,2,4,4] _ _ k{1,2,7,3} -> y mode=cubic",
          "Resize x[1,1,4,4] r(8) _ k{1,1,3,3} -> y coordinate_transformation_mode=tf_crop_and_resize mode=linear",
          "GridSample x[1,2,3,3] g[1,2,4,2] -> y mode=bicubic padding_mode=reflection align_corners=1",
          "DeformConv x[1,4,5,5] w(6,2,3,3) o[1,36,3,3] b(6) m[1,18,3,3] -> y group=2 offset_group=2",
          "ReduceMean x[1,3,4] k{1} -> y keepdims=0",
          "ReduceSum x[1,3,4] -> y",
          "ReduceMax x[2,3] k{0} -> y",
          "ReduceL2 x[1,3,4] k{-1} -> y",
          "ReduceLogSumExp x[1,3,4] k{2} -> y",
          "ArgMax x[1,3,4] -> y axis=1 select_last_index=1",
          "Equal x[1,3] w(3) -> y",
          "QuantizeLinear x[1,3] w() -> y",
          "Shape x[1,3,4] -> y",
          "ConstantOfShape k{2,3} -> y",
          "Range k{1} e{9} t{2} -> y",
          "Constant -> y value_floats=1.5,2.5");

  /** Behind one of those. */
  static final List<String> MORE =
      List.of(
          "Relu y -> z",
          "MaxPool y -> p at kernel_shape=2,2 strides=2,2 ; MaxUnpool p at -> z kernel_shape=2,2 strides=2,2",
          "Conv y y -> z ; LayerNormalization z z z -> n",
          "Reshape y rr{4,-1} -> u ; Slice u ss{0} ee{3} ww{0} -> v ; ScatterND u ii{0,2,2} v -> z reduction=add",
          "Greater y aa{0.5} -> c ; NonZero c -> t ; Transpose t -> r perm=1,0 ; GatherND y r -> z",
          "Flatten y -> f ; TopK f kk{1} -> v i axis=1 ; GatherElements f i -> g axis=1 ; ScatterElements f i g -> z axis=1",
          "Reshape y rr{1,-1,4} -> b ; ReduceMax b -> m axes=2, ; Transpose m -> s perm=0,2,1 ; NonMaxSuppression b s nn{9} oo() -> z",
          "Reshape y rr{1,1,-1,2} -> f ; RoiAlign f ff(2,4) ii{0,0} -> z output_height=2 output_width=3 sampling_ratio=0",
          "ArgMax y -> i axis=-1 ; Cast i -> n to=7 ; NonZero n -> z",
          "Sigmoid y -> s ; Mul y s -> z",
          "Add y hh(1) -> p ; Clip p ll() mm() -> q ; Mul y q -> z",
          "Shape y -> s ; Gather s gg{0} -> d ; Concat d cc{-1} -> t axis=0 ; Reshape y t -> z",
          "Transpose y -> p ; Transpose p -> z",
          "ReduceMean y -> m axes=-1, ; Sub y m -> d ; Mul d d -> e ; ReduceMean e -> v axes=-1, ; Sqrt v -> r ; Div d r -> z",
          "Identity y -> p ; Softmax p -> z",
          "Shape y -> s ; ConstantOfShape s -> c ; Add y c -> z",
          "QuantizeLinear y vv() -> q ; Identity q -> p ;"
              + " com.microsoft.QLinearAdd p vv _ q vv _ vv -> r ; DequantizeLinear r vv -> z",
          "QuantizeLinear y vv() -> q ; QLinearMatMul q vv _ q vv _ vv -> r ;"
              + " DequantizeLinear r vv -> z",
          "Softplus y -> p ; Tanh p -> t ; Mul y t -> z",
          "Cast y -> p to=9 ; Where p y y -> z");

  private OnnxBases() {}

  static List<ModelProto> written(Scratch scratch) throws IOException {
    List<ModelProto> all = new ArrayList<>();
    Path file = scratch.path("written.onnx");
    for (String text : Bases.NETWORKS) {
      for (int opset : new int[] {13, 18}) {
        try {
          Onnx.save(ModelData.untrained(NetworkJson.read(text), 1), file, opset);
          all.add(ModelProto.parseFrom(Files.readAllBytes(file)));
        } catch (QuernException e) {
          // a layer that has no form there
        }
      }
    }
    return all;
  }
}
