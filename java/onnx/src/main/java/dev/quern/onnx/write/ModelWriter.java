package dev.quern.onnx.write;

import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.Version;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.OperatorSetIdProto;
import dev.quern.onnx.proto.OnnxProto.StringStringEntryProto;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The conversion of a model to ONNX's ModelProto message. */
public final class ModelWriter {
  private final WriteOptions options;
  private final ModelData model;
  private final Network network;
  private final GraphWriter graph;

  /** The values of inputs and layers in the graph, by name. */
  private final Map<String, Value> values = new HashMap<>();

  /** For each of the model's outputs, its name in the file. */
  private final Map<String, String> names = new HashMap<>();

  private final Map<String, Preprocessing> left = new LinkedHashMap<>();

  private ModelWriter(WriteOptions options, ModelData model) {
    this.options = options;
    this.model = model;
    network = model.network();
    graph = new GraphWriter(model, options.opset());
  }

  /**
   * Converts a model to a message.
   *
   * @throws InvalidArgumentException if layers have no ONNX form; the message lists all of them
   *     with the reasons
   */
  public static ModelProto message(WriteOptions options, ModelData model) {
    return new ModelWriter(options, model).message();
  }

  private ModelProto message() {
    GraphProto.Builder out = GraphProto.newBuilder().setName(network.name());
    ValueInfos infos = new ValueInfos(network, options);
    network.inputs().forEach((name, shape) -> out.addInput(infos.input(name)));
    model.preprocessing().forEach(this::input);
    layers();
    for (String name : network.outputs()) {
      Value value = values.get(name);
      if (options.activation()) {
        value = TaskEnding.write(network, name, value, graph);
      }
      names.put(name, value.name());
      out.addOutput(infos.output(value.name(), network.shapes().get(name)));
    }
    graph.addTo(out);
    ModelProto.Builder message =
        ModelProto.newBuilder()
            .setIrVersion(Opsets.ir(options.opset()))
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(options.opset()))
            .setProducerName(Metadata.PRODUCER)
            .setProducerVersion(Version.TEXT)
            .setGraph(out);
    Metadata.of(model, names, left)
        .forEach(
            (key, value) ->
                message.addMetadataProps(
                    StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
    return message.build();
  }

  /** Adds an input, and nodes for its preprocessing. */
  private void input(String name, Preprocessing p) {
    Value value = new Value(name, null);
    if (options.preprocessing()) {
      Shape shape = network.inputs().get(name);
      value = InputScaling.write(name, shape, p, value, graph);
      left.put(name, InputScaling.rest(shape, p));
    } else {
      left.put(name, p);
    }
    values.put(name, value);
  }

  private void layers() {
    List<String> problems = new ArrayList<>();
    for (Network.Node node : network.nodes()) {
      try {
        values.put(node.name(), layer(node));
      } catch (Refusal e) {
        problems.add(
            "layer "
                + node.name()
                + " ("
                + network.facts(node.name()).type()
                + "): "
                + e.getMessage());
        values.put(node.name(), new Value(node.name(), null)); // to report all problems
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidArgumentException(
          "onnx: network "
              + network.name()
              + " has layers that cannot be written: "
              + String.join("; ", problems));
    }
  }

  private Value layer(Network.Node node) {
    LayerForm<Layer> form = LayerForms.ALL.of(node.layer());
    if (form == null) {
      throw new Refusal("a custom layer has no ONNX form");
    }
    NodeWriter n =
        new NodeWriter(
            graph,
            node,
            node.inputs().stream().map(values::get).toList(),
            node.inputs().stream().map(network.shapes()::get).toList());
    Value value = form.write(node.layer(), n);
    if (value.name().equals(node.name())) {
      return value;
    }
    if (!value.isNode() || n.inputs().contains(value)) {
      value = n.op("Identity", value);
    }
    value.rename(node.name());
    return value;
  }
}
