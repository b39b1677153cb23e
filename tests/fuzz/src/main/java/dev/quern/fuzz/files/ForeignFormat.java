package dev.quern.fuzz.files;

import dev.quern.data.Dataset;
import dev.quern.io.NameMap;
import dev.quern.io.StateDict;
import dev.quern.io.dataset.Cifar100;
import dev.quern.io.dataset.DatasetDoor;
import dev.quern.io.dataset.RecordFile;
import dev.quern.io.dataset.Split;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Files of other programs: PyTorch's weights of any type, as safetensors and by torch.save,
 * CIFAR-100, files of equal records.
 */
final class ForeignFormat implements Format {
  private static final List<String> TYPES =
      List.of("F32", "F16", "BF16", "F64", "I64", "I8", "U8", "BOOL", "F8_E4M3", "C64", "x");
  private static final int RECORD = 2 + 3072;
  private static final Network NETWORK = Network.of("small", Shape.of(3), new Linear(2));

  private final Scratch scratch;
  private final Path binary;

  ForeignFormat(Scratch scratch) throws IOException {
    this.scratch = scratch;
    binary = scratch.empty("cifar-100-binary");
    Files.writeString(binary.resolve("fine_label_names.txt"), names(100));
    Files.writeString(binary.resolve("coarse_label_names.txt"), names(20));
  }

  private static String names(int count) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append("class ").append(i).append('\n');
    }
    return all.toString();
  }

  @Override
  public boolean attack(Dice dice) throws Exception {
    return switch (dice.below(6)) {
      case 0 -> cifar(dice);
      case 1 -> records(dice);
      case 2, 3 -> torch(dice);
      default -> weights(dice);
    };
  }

  /** Of a layer that the network has, with types, shapes and names of all sorts. */
  private boolean weights(Dice dice) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    int at = 0;
    for (String name : List.of("linear1.weight", "linear1.bias", "n.num_batches_tracked", "own")) {
      String type = dice.below(3) == 0 ? dice.of(TYPES) : "F32";
      String shape = name.endsWith("weight") ? "[2,3]" : name.endsWith("bias") ? "[2]" : "[]";
      int values = name.endsWith("weight") ? 6 : name.endsWith("bias") ? 2 : 1;
      int bytes = values * bytes(type);
      header.append(
          ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(name, type, shape, at, at + bytes));
      at += bytes;
    }
    String text = header.append('}').toString();
    byte[] data =
        dice.oneIn(2)
            ? Bits.mutate(new byte[at], text.getBytes(StandardCharsets.UTF_8), dice)
            : new byte[at];
    byte[] file = Container.file(dice.oneIn(3) ? JsonText.mutate(text, dice) : text, data);
    StateDict read = StateDict.load(scratch.file("torch.safetensors", file));
    read.matching(NETWORK, NameMap.none());
    return true;
  }

  /** A state_dict of torch.save, in either form. */
  private boolean torch(Dice dice) throws IOException {
    boolean zip = dice.oneIn(2);
    Pickle state = Pickle.stateDict();
    byte[] pickle = (dice.oneIn(8) ? state : state.mutate(dice)).file();
    byte[] file = zip ? archive(pickle) : older(pickle);
    if (dice.oneIn(4)) {
      file = Bits.mutate(file, file, dice);
    }
    StateDict.load(scratch.file("state.pth", file)).matching(NETWORK, NameMap.none());
    return true;
  }

  private static byte[] older(byte[] pickle) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Pickle.torchHead());
    out.writeBytes(pickle);
    out.writeBytes(Pickle.torchKeys());
    out.writeBytes(new byte[] {6, 0, 0, 0, 0, 0, 0, 0});
    out.writeBytes(new byte[6 * Float.BYTES]);
    return out.toByteArray();
  }

  private static byte[] archive(byte[] pickle) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      put(zip, "a/data.pkl", pickle);
      put(zip, "a/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      put(zip, "a/data/0", new byte[6 * Float.BYTES]);
    }
    return out.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
  }

  private static int bytes(String type) {
    return switch (type) {
      case "F32" -> 4;
      case "F16", "BF16" -> 2;
      case "F64", "I64", "C64" -> 8;
      default -> 1;
    };
  }

  private boolean cifar(Dice dice) throws IOException {
    byte[] file = new byte[2 * RECORD];
    file[0] = (byte) dice.below(24);
    file[1] = (byte) dice.below(104);
    if (dice.oneIn(3)) {
      file = Bits.mutate(file, file, dice);
    }
    Files.write(binary.resolve("test.bin"), file);
    Cifar100.Labels labels = dice.of(List.of(Cifar100.Labels.values()));
    Dataset read = DatasetDoor.cifar100(binary, 2, Split.TEST, labels);
    read.label(1);
    return true;
  }

  private boolean records(Dice dice) throws IOException {
    byte[] file = new byte[dice.below(4) == 0 ? dice.below(60) : 2 * 9];
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) dice.one();
    }
    Dataset.Kind kind = dice.of(List.of(Dataset.Kind.values()));
    Shape shape = kind == Dataset.Kind.BYTES ? Shape.of(2, 2, 2) : Shape.of(2);
    try (RecordFile read =
        RecordFile.open(scratch.file("records", file), "r", shape, kind, Bases.CLASSES)) {
      for (int i = 0; i < read.size(); i++) {
        read.label(i);
        Object values = kind == Dataset.Kind.BYTES ? read.image(i) : read.floats(i);
        values.hashCode();
      }
    }
    return true;
  }
}
