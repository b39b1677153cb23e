package dev.quern.fuzz.files;

import dev.quern.error.QuernException;
import dev.quern.fuzz.Attack;
import dev.quern.network.Network;
import dev.quern.onnx.Graphs;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxSession;
import dev.quern.onnx.OnnxTensor;
import dev.quern.onnx.proto.OnnxProto.FunctionProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** ONNX files; those accepted are asked for a prediction. */
public final class OnnxFiles {
  private static final int[] OPSETS = {17, 13, 18, 21, 11, 9, 7};
  private static final int FREE = 9;

  /** What one file of a few kilobytes may take. */
  private static final long MOST_NANOS = 30_000_000_000L;

  private final Scratch scratch;
  private final List<ModelProto> written;
  private long accepted;

  private OnnxFiles(Scratch scratch) throws IOException {
    this.scratch = scratch;
    this.written = OnnxBases.written(scratch);
  }

  /** With files in the process's folder of temporary ones. */
  public static OnnxFiles ofProcess() throws IOException {
    return new OnnxFiles(Scratch.ofProcess());
  }

  static OnnxFiles in(Path folder) throws IOException {
    return new OnnxFiles(new Scratch(folder));
  }

  /** How many files were read. */
  long accepted() {
    return accepted;
  }

  /** Makes a file, reads it, predicts. */
  public void attack(byte[] decisions) throws Exception {
    Dice dice = new Dice(decisions);
    Path file = scratch.file("model.onnx", content(dice));
    long start = System.nanoTime();
    try {
      ModelData read = Onnx.load(file);
      accepted++;
      predict(read);
    } catch (QuernException e) {
      Attacks.requireMessage(e);
    }
    if (dice.oneIn(4)) {
      run(file, dice);
    }
    if (System.nanoTime() - start > MOST_NANOS) {
      throw new Attack.Finding("a file that takes over 30 seconds", null);
    }
  }

  private byte[] content(Dice dice) {
    ModelProto.Builder model = base(dice).toBuilder();
    int kind = dice.below(16);
    if (kind > 2) {
      do {
        OnnxFields.change(model, dice);
      } while (dice.again(2));
    }
    byte[] bytes = model.build().toByteArray();
    return kind < 2 ? Bits.mutate(bytes, bytes, dice) : bytes;
  }

  private ModelProto base(Dice dice) {
    if (dice.oneIn(5)) {
      return dice.of(written);
    }
    List<String> lines = new ArrayList<>();
    lines.add(dice.of(OnnxBases.NODES));
    if (dice.oneIn(3)) {
      lines.addAll(List.of(dice.of(OnnxBases.MORE).split(";")));
    }
    ModelProto.Builder model =
        Graphs.of(OPSETS[dice.below(OPSETS.length)], lines.toArray(String[]::new));
    if (dice.oneIn(6)) {
      moveIntoFunction(model);
    }
    return model.build();
  }

  /** Makes the graph's nodes a function, which the graph calls. */
  private static void moveIntoFunction(ModelProto.Builder model) {
    GraphProto.Builder graph = model.getGraphBuilder();
    FunctionProto.Builder f = model.addFunctionsBuilder().setDomain("own").setName("F");
    f.addAllNode(graph.getNodeList());
    graph.clearNode();
    NodeProto.Builder call = graph.addNodeBuilder().setDomain("own").setOpType("F");
    graph.getInputList().forEach(in -> call.addInput(in.getName()));
    graph.getInitializerList().forEach(t -> call.addInput(t.getName()));
    graph.getOutputList().forEach(out -> call.addOutput(out.getName()));
    f.addAllInput(call.getInputList()).addAllOutput(call.getOutputList());
  }

  /** Runs a file as one whose sizes depend on data. */
  private static void run(Path file, Dice dice) {
    try (OnnxSession session = Onnx.session(file)) {
      Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
      for (String name : session.inputs()) {
        long[] dims = session.shape(name);
        long elements = 1;
        for (int i = 0; i < dims.length; i++) {
          dims[i] = dims[i] < 0 ? dice.below(FREE) : dims[i];
          elements *= Math.min(dims[i], 1 << 10);
        }
        if (elements > 1 << 16) {
          return;
        }
        float[] values = new float[(int) elements];
        for (int i = 0; i < values.length; i++) {
          values[i] = dice.below(9) - 3;
        }
        inputs.put(name, OnnxTensor.of(dims, values));
      }
      for (int i = 0; i < 2; i++) {
        session.run(inputs);
      }
    } catch (QuernException e) {
      Attacks.requireMessage(e);
    }
  }

  private static void predict(ModelData data) {
    Map<String, Shape> sizes = new LinkedHashMap<>();
    data.network().inputs().forEach((name, shape) -> sizes.put(name, sized(shape)));
    Network network = data.network().isFree() ? data.network().at(sizes) : data.network();
    if (!isSmall(network)) {
      return;
    }
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      sizes.forEach((name, shape) -> inputs.put(name, arena.tensor(shape.batch(2))));
      model.predict(inputs);
    }
  }

  private static boolean isSmall(Network n) {
    return n.multiplyAdds() <= 1 << 22
        && n.parameterCount() <= 1 << 20
        && n.shapes().values().stream().mapToLong(Shape::elements).sum() <= 1 << 20;
  }

  private static Shape sized(Shape shape) {
    long[] dims = shape.toArray();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == Shape.FREE ? FREE : dims[i];
    }
    return Shape.of(dims);
  }
}
