package dev.quern.io.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.io.PickleBuilder;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeUnpicklerTest {
  private static final byte[] BATCH =
      PickleBuilder.batch(new int[] {1, 2}, new byte[] {5, 6, -7, 8});

  private static Object load(byte[] pickle) {
    return SafeUnpickler.load("test: file", pickle);
  }

  private static Object load(PickleBuilder pickle) {
    return load(pickle.bytes());
  }

  @Test
  void readsABatch() {
    Map<?, ?> batch = (Map<?, ?>) load(BATCH);
    NumpyArray data = (NumpyArray) batch.get("data");
    assertThat(batch.get("labels")).isEqualTo(List.of(1, 2));
    assertThat(batch.get("batch_label")).isEqualTo("training batch 1 of 5");
    assertThat(data.shape()).containsExactly(2, 2);
    assertThat(data.data()).containsExactly(5, 6, -7, 8);
  }

  @ParameterizedTest
  @CsvSource({
    "os,system",
    "posix,system",
    "__builtin__,eval",
    "builtins,getattr",
    "exceptions,ValueError",
    "datetime,datetime",
    "decimal,Decimal",
    "array,array",
    "copy_reg,_reconstructor",
    "numpy,float64",
    "numpy.core.multiarray,scalar",
    "numpy,core.multiarray._reconstruct.__globals__"
  })
  void refusesEveryOtherGlobalByName(String module, String name) {
    PickleBuilder called = new PickleBuilder().global(module, name).op("(U").raw(2).op("lstR");
    assertThatThrownBy(() -> load(called))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("test: file")
        .hasMessageContaining(module + "." + name);
    PickleBuilder stacked = new PickleBuilder().text(module).text(name).raw(0x93).op(")R");
    assertThatThrownBy(() -> load(stacked))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(module + "." + name);
  }

  @Test
  void refusesEveryWayToMakeAnObject() {
    List<PickleBuilder> songs =
        List.of(
            new PickleBuilder().global("canary", "Bird").op(")R"),
            new PickleBuilder().text("canary").text("Bird").raw(0x93).op(")R"),
            new PickleBuilder().global("canary", "Bird").op(")").raw(0x81),
            new PickleBuilder().op("(icanary\nBird\n"),
            new PickleBuilder().op("(").global("canary", "Bird").op("o"));
    for (PickleBuilder song : songs) {
      assertThatThrownBy(() -> load(song)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void readsEveryPlainOperation() {
    PickleBuilder all = new PickleBuilder().op("(NK").raw(255).op("M").raw(1, 2).integer(-3);
    all.raw(0x8a, 0, 0x8a, 1, 0xff, 0x8a, 5, 0, 0, 0, 0, 1, 0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    all.raw(0x88, 0x89).text("a\u00e9").op("X").le(2).raw(0xc3, 0xa9).raw(0x8c, 2, 0xc3, 0xa9);
    all.op("C").raw(1, 9).op("B").le(1).raw(8);
    all.op(")NN").raw(0x86).op("NNN").raw(0x87).op("](NNe]Na}").raw(0x94).op("t");
    Object[] tuple = (Object[]) load(all);
    BigInteger large = BigInteger.ONE.shiftLeft(64);
    assertThat(tuple).startsWith(null, 255, 513, -3, 0, -1, 1L << 32, large, true, false);
    assertThat(tuple).contains("a\u00e9", "\u00e9", "\u00e9");
    assertThat(tuple[13]).isEqualTo(new byte[] {9});
    assertThat(tuple[14]).isEqualTo(new byte[] {8});
    assertThat((Object[]) tuple[15]).isEmpty();
    assertThat((Object[]) tuple[16]).hasSize(2);
    assertThat((Object[]) tuple[17]).hasSize(3);
    assertThat((List<?>) tuple[18]).hasSize(2);
    assertThat((List<?>) tuple[19]).hasSize(1);
    assertThat((Map<?, ?>) tuple[20]).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a, pops an empty stack",
    "0a, is not allowed",
    "Na, pops an empty stack",
    "NNa, not a list",
    "Nt, needs a mark",
    "(a, pops an empty stack",
    "]NNs, not a dictionary",
    "}(Nu, not a dictionary",
    "hA, the pickle's memo has no entry 65",
    "\u0080\u0006N, protocol is 6",
    "NN\u0093, the module or name of a global is not a string",
    "U\u0005ab, a string has 5 bytes",
    "'cnumpy\ndtype\nNR', not a function"
  })
  void refusesProgramsThatDoNotFit(String operations, String message) {
    assertThatThrownBy(() -> load(new PickleBuilder().op(operations)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "i, INST",
    "o, OBJ",
    "P, PERSID",
    "Q, BINPERSID",
    "\u0081, NEWOBJ",
    "\u0092, NEWOBJ_EX",
    "\u0082, EXT",
    "\u0083, EXT",
    "\u0084, EXT",
    "S, 0x53",
    "2, 0x32",
    "\u008f, 0x8f",
    "\u0097, 0x97"
  })
  void refusesOperationsThatDataDoNotNeed(String opcode, String name) {
    assertThatThrownBy(() -> load(new PickleBuilder().op("()" + opcode + "a\nb\n")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("operation " + name + " is not allowed");
  }

  @Test
  void refusesBuildOnAnythingButAnArray() {
    assertThatThrownBy(() -> load(new PickleBuilder().op("}}b")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("BUILD");
  }

  @Test
  void refusesCallsOfWhatIsNoFunction() {
    assertThatThrownBy(() -> load(new PickleBuilder().text("eval").op(")R")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("REDUCE");
    assertThatThrownBy(() -> load(new PickleBuilder().global("numpy", "ndarray").op(")R")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("ndarray is called");
  }

  @ParameterizedTest
  @ValueSource(strings = {"T", "X", "B"})
  void refusesLengthsBeyondTheFileBeforeAllocating(String opcode) {
    for (int length : new int[] {Integer.MAX_VALUE, -1, Integer.MIN_VALUE, 1000}) {
      assertThatThrownBy(() -> load(new PickleBuilder().op(opcode).le(length).op("abc")))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("a string has " + Integer.toUnsignedString(length) + " bytes");
    }
  }

  @Test
  void refusesMillionsOfObjects() {
    PickleBuilder lists = new PickleBuilder();
    lists.op("]".repeat(300_000));
    assertThatThrownBy(() -> load(lists))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("more than 250000 operations");
  }

  @Test
  void refusesToConvertTheSameTextAgainAndAgain() {
    PickleBuilder bomb =
        new PickleBuilder().text("latin1").op("q").raw(0).text("x".repeat(200)).op("q").raw(1);
    for (int i = 0; i < 1000; i++) {
      bomb.global("_codecs", "encode").op("h").raw(1).op("h").raw(0).raw(0x86).op("R");
    }
    bomb.op("X").le(200).op("y".repeat(200));
    assertThat(
            load(
                new PickleBuilder()
                    .global("_codecs", "encode")
                    .text("abc")
                    .text("latin1")
                    .raw(0x86)
                    .op("R")))
        .isEqualTo(new byte[] {'a', 'b', 'c'});
    int most = bomb.bytes().length * 2 / 200;
    assertThat(most).as("conversions that the budget covers").isLessThan(1000);
    assertThatThrownBy(() -> load(bomb))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("more than twice the size of the pickle");
  }

  @Test
  void refusesKeysThatAreNotText() {
    // a list that contains itself as a key: hashing it would overflow the stack
    assertThatThrownBy(() -> load(new PickleBuilder().op("}]q").raw(0).op("h").raw(0).op("aNs")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("key is not a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f8", "i8", "u2", "O8", "S1", "b1"})
  void refusesOtherElementTypes(String dtype) {
    assertThatThrownBy(() -> load(new PickleBuilder().array(dtype, 1, 1, new byte[8])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("dtype " + dtype);
  }

  @Test
  void refusesArraysWhoseBytesDoNotFillTheirShape() {
    assertThatThrownBy(() -> load(new PickleBuilder().array("u1", 2, 3, new byte[5])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("6 elements has 5 bytes");
    assertThatThrownBy(
            () ->
                load(
                    new PickleBuilder()
                        .array("u1", Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[1])))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> load(new PickleBuilder().array("u1", -1, -1, new byte[1])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("dimension 0");
  }

  @Test
  void refusesEveryProperPrefixAndTrailingBytes() {
    for (int n = 0; n < BATCH.length; n++) {
      byte[] prefix = Arrays.copyOf(BATCH, n);
      assertThatThrownBy(() -> load(prefix))
          .as("first %d bytes", n)
          .isInstanceOf(FormatException.class);
    }
    assertThatThrownBy(() -> load(Arrays.copyOf(BATCH, BATCH.length + 1)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("after the pickle's end");
  }

  @Test
  void mutatedPicklesLoadOrAreRefusedButNeverFailOtherwise() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] mutant = BATCH.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      try {
        load(mutant);
      } catch (FormatException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(5_000, 19_999);
  }
}
