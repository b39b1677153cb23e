package dev.quern.tests.onnx;

import dev.quern.fixtures.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Where ONNX's own test data lies: Debian's package libonnx-testdata. */
final class OnnxData {

  /** The operators that Quern means to read, and no others. */
  static final Set<String> OPERATORS =
      new TreeSet<>(
          List.of(
              ("Conv ConvTranspose Gemm MatMul BatchNormalization InstanceNormalization"
                      + " GroupNormalization LayerNormalization LRN MaxPool AveragePool"
                      + " GlobalAveragePool GlobalMaxPool LpPool Relu LeakyRelu PRelu Elu Selu Celu"
                      + " Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Mish Clip Erf"
                      + " Exp Log Sqrt Pow Abs Neg Reciprocal Floor Ceil Add Sub Mul Div Min Max Sum"
                      + " Mean Softmax LogSoftmax Concat Split Slice Reshape Flatten Squeeze"
                      + " Unsqueeze Transpose Expand Tile Pad Resize Upsample DepthToSpace"
                      + " SpaceToDepth ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1"
                      + " ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp ArgMax Identity"
                      + " Dropout Cast Shape Gather Where Equal Less LessOrEqual Greater"
                      + " GreaterOrEqual Constant ConstantOfShape QuantizeLinear DequantizeLinear"
                      + " ThresholdedRelu Hardmax LpNormalization MeanVarianceNormalization Mod CumSum"
                      + " Trilu Xor And Or Not Swish")
                  .split(" ")));

  private OnnxData() {}

  /** Cases of a folder, by name; the test is skipped where the data is missing. */
  static List<OnnxCase> cases(String folder) throws IOException {
    Path of = Fixtures.onnxTestData(folder);
    try (Stream<Path> all = Files.list(of)) {
      List<Path> found = all.filter(p -> Files.exists(p.resolve("model.onnx"))).sorted().toList();
      List<OnnxCase> cases = new java.util.ArrayList<>();
      for (Path p : found) {
        cases.add(OnnxCase.of(p));
      }
      return cases;
    }
  }

  /** Whole networks with what comes out of a ramp from 0 to 1. */
  static List<OnnxCase> networks() throws IOException {
    Path of = Fixtures.onnxTestData("light");
    try (Stream<Path> all = Files.list(of)) {
      List<OnnxCase> cases = new java.util.ArrayList<>();
      for (Path p : all.filter(p -> p.toString().endsWith(".onnx")).sorted().toList()) {
        cases.add(OnnxCase.network(p));
      }
      return cases;
    }
  }
}
