package dev.quern.onnx.read;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Graph;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.OperatorSetIdProto;
import dev.quern.onnx.proto.OnnxProto.StringStringEntryProto;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of ONNX files that does not load weights: large tensors are skipped and later read from
 * their position in the file, so that the model is in memory only once.
 */
public final class GraphFile {
  /** The maximum number of inputs, and the maximum number of outputs. */
  private static final int MOST_PORTS = 1_000;

  private static final long NEWEST_OPSET = 26;
  private static final long OLDEST_OPSET = 6;
  private static final ExtensionRegistryLite NO_EXTENSIONS =
      ExtensionRegistryLite.getEmptyRegistry();

  private final Path file;
  private final TensorReader tensors;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, Const> constants = new LinkedHashMap<>();
  private UnknownFieldSet.Builder graph = UnknownFieldSet.newBuilder();

  private GraphFile(Path file) {
    this.file = file;
    this.tensors = new TensorReader(file);
  }

  /**
   * Reads the graph of a file.
   *
   * @throws FormatException if the file is not an ONNX model
   * @throws dev.quern.error.NotFoundException if the file does not exist
   */
  public static Graph read(Path file) {
    return Heap.within("onnx: " + file, () -> new GraphFile(file).read());
  }

  private Graph read() {
    try (RandomAccessFile in = RegularFile.open("onnx", file)) {
      if (in.length() > Integer.MAX_VALUE) {
        throw broken("it has " + in.length() + " bytes, the format allows at most 2147483647");
      }
      if (in.length() == 0) {
        throw broken("it is empty");
      }
      return graph(model(CodedInputStream.newInstance(RegularFile.stream(in))));
    } catch (InvalidProtocolBufferException e) {
      throw new FormatException("onnx: " + file + " is not an ONNX model: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of("onnx", file, e);
    }
  }

  private FormatException broken(String why) {
    return new FormatException("onnx: " + file + ": " + why);
  }

  /**
   * Reads the model message without its graph; the parts of the graph are collected in this object.
   */
  private ModelProto model(CodedInputStream in) throws IOException {
    UnknownFieldSet.Builder rest = UnknownFieldSet.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == ModelProto.GRAPH_FIELD_NUMBER
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int end = in.pushLimit(in.readRawVarint32());
        parts(in);
        tensors.whole(in);
        in.popLimit(end);
      } else if (!rest.mergeFieldFrom(tag, in)) {
        throw broken("it is not an ONNX model: an end-group tag has no start");
      }
    }
    return ModelProto.parseFrom(rest.build().toByteString(), NO_EXTENSIONS);
  }

  private void parts(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      boolean message = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      if (message && field == GraphProto.NODE_FIELD_NUMBER) {
        nodes.add(in.readMessage(NodeProto.parser(), NO_EXTENSIONS));
        if (nodes.size() > NodeReader.MOST_NODES) {
          throw broken("it has more than " + NodeReader.MOST_NODES + " nodes");
        }
      } else if (message && field == GraphProto.INITIALIZER_FIELD_NUMBER) {
        TensorReader.Named tensor = tensors.read(in);
        constants.put(tensor.name(), tensor.values());
      } else if (!graph.mergeFieldFrom(tag, in)) {
        throw broken("it is not an ONNX model: an end-group tag has no start");
      }
    }
  }

  private Graph graph(ModelProto model) throws IOException {
    GraphProto rest = GraphProto.parseFrom(graph.build().toByteString(), NO_EXTENSIONS);
    if (nodes.isEmpty() && rest.getOutputCount() == 0) {
      throw broken("it is not an ONNX model: it lacks a graph");
    }
    if (rest.getSparseInitializerCount() > 0) {
      throw broken("it has sparse tensors, which are not supported");
    }
    long inputs =
        rest.getInputList().stream().filter(p -> !constants.containsKey(p.getName())).count();
    if (inputs > MOST_PORTS || rest.getOutputCount() > MOST_PORTS) {
      throw broken("it has more than " + MOST_PORTS + " inputs or outputs");
    }
    NodeReader reader = new NodeReader(tensors);
    List<Node> all = new ArrayList<>();
    for (NodeProto n : new Functions(model.getFunctionsList()).inlined(nodes)) {
      all.add(reader.node(n));
    }
    return new Graph(
        rest.getName(),
        opset(model),
        all,
        constants,
        rest.getInputList().stream()
            .filter(p -> !constants.containsKey(p.getName()))
            .map(reader::port)
            .toList(),
        rest.getOutputList().stream().map(reader::port).toList(),
        metadata(model));
  }

  private long opset(ModelProto model) {
    long version = 1;
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      version = NodeReader.isOwn(set.getDomain()) ? set.getVersion() : version;
    }
    if (version < OLDEST_OPSET || version > NEWEST_OPSET) {
      throw broken(
          "its opset is "
              + version
              + ", expected "
              + OLDEST_OPSET
              + " to "
              + NEWEST_OPSET
              + " (onnx.version_converter converts it)");
    }
    return version;
  }

  private static Map<String, String> metadata(ModelProto model) {
    Map<String, String> all = new LinkedHashMap<>();
    String producer = (model.getProducerName() + " " + model.getProducerVersion()).strip();
    if (!producer.isEmpty()) {
      all.put("producer", producer);
    }
    for (StringStringEntryProto e : model.getMetadataPropsList()) {
      all.put(e.getKey(), e.getValue());
    }
    return all;
  }
}
