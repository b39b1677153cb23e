package dev.quern.io.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.quern.error.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A safe unpickler of dictionaries, lists, tuples, numbers, text, bytes and the objects of a {@link
 * Vocabulary}. All operations that such data does not require are rejected, including operations
 * that name, call or change other objects.
 */
public final class SafeUnpickler {
  /**
   * The maximum number of operations, so that a small file cannot create millions of objects. A
   * CIFAR-10 batch has 30,000 to 90,000 operations, CIFAR-100's training images have 201,000.
   */
  private static final int MAX_OPCODES = 250_000;

  /** The maximum number of characters of a name that a message shows. */
  private static final int LONGEST_NAME = 100;

  private static final int HIGHEST_PROTOCOL = 5;

  private final PickleInput input;
  private final Vocabulary vocabulary;
  private final PickleStack stack = new PickleStack();
  private final Map<Long, Object> memo = new HashMap<>();
  private long budget;

  /**
   * An unpickled object, and the index of the first byte after its pickle.
   *
   * @param value an object as {@link #load(String, byte[])} returns it, or an object of the
   *     vocabulary
   */
  public record Unpickled(@Nullable Object value, int end) {}

  private SafeUnpickler(byte[] pickle, int from, Vocabulary vocabulary) {
    // once as a result of encode, once as an array's content
    this.budget = 2L * pickle.length;
    this.input = new PickleInput(pickle, from);
    this.vocabulary = vocabulary;
  }

  /**
   * Loads the object in {@code pickle}: a String, Integer, Long, BigInteger, Boolean, byte[],
   * Object[] (a tuple), List, Map with keys of type String, {@link NumpyArray} or null.
   *
   * @param what the operation and file, for messages
   * @throws FormatException if the bytes are not a pickle, are truncated, or contain other types
   */
  public static Object load(String what, byte[] pickle) {
    Unpickled all = load(what, pickle, 0, Vocabulary.NUMPY);
    if (all.end() < pickle.length) {
      throw new FormatException(
          what + ": found " + (pickle.length - all.end()) + " bytes after the pickle's end");
    }
    return all.value();
  }

  /**
   * Loads the object whose pickle begins at index {@code from}; other bytes may follow the pickle.
   *
   * @throws FormatException like {@link #load(String, byte[])}
   */
  public static Unpickled load(String what, byte[] bytes, int from, Vocabulary vocabulary) {
    try {
      SafeUnpickler one = new SafeUnpickler(bytes, from, vocabulary);
      Object value = one.run();
      return new Unpickled(value, one.input.position());
    } catch (FormatException e) {
      throw new FormatException(what + ": " + e.getMessage(), e);
    } catch (ArithmeticException e) { // an array's dimensions
      throw new FormatException(what + ": not a complete pickle: " + e.getMessage(), e);
    }
  }

  private Object run() {
    int opcodes = 0;
    for (int opcode = input.unsigned(); opcode != Opcodes.STOP; opcode = input.unsigned()) {
      if (++opcodes > MAX_OPCODES) {
        throw new FormatException("the pickle has more than " + MAX_OPCODES + " operations");
      }
      dispatch(opcode);
    }
    return stack.pop();
  }

  private void dispatch(int opcode) {
    switch (opcode) {
      case Opcodes.PROTO -> checkProtocol(input.unsigned());
      case Opcodes.FRAME -> input.littleEndian(Long.BYTES);
      case Opcodes.MARK -> stack.pushMark();
      case Opcodes.NONE -> stack.push(null);
      case Opcodes.NEWTRUE -> stack.push(true);
      case Opcodes.NEWFALSE -> stack.push(false);
      case Opcodes.BININT -> stack.push((int) input.littleEndian(4));
      case Opcodes.BININT1 -> stack.push(input.unsigned());
      case Opcodes.BININT2 -> stack.push((int) input.littleEndian(2));
      case Opcodes.LONG1 -> stack.push(input.integer());
      case Opcodes.SHORT_BINSTRING -> stack.push(input.text(1, ISO_8859_1));
      case Opcodes.BINSTRING -> stack.push(input.text(4, ISO_8859_1));
      case Opcodes.SHORT_BINUNICODE -> stack.push(input.text(1, UTF_8));
      case Opcodes.BINUNICODE -> stack.push(input.text(4, UTF_8));
      case Opcodes.SHORT_BINBYTES -> stack.push(input.bytes(1));
      case Opcodes.BINBYTES -> stack.push(input.bytes(4));
      case Opcodes.EMPTY_TUPLE -> stack.push(new Object[0]);
      case Opcodes.TUPLE1 -> stack.push(stack.pop(1));
      case Opcodes.TUPLE2 -> stack.push(stack.pop(2));
      case Opcodes.TUPLE3 -> stack.push(stack.pop(3));
      case Opcodes.TUPLE -> stack.push(stack.popToMark());
      case Opcodes.EMPTY_LIST -> stack.push(new ArrayList<>());
      case Opcodes.APPEND -> append(stack.pop());
      case Opcodes.APPENDS -> append(stack.popToMark());
      case Opcodes.EMPTY_DICT -> stack.push(new LinkedHashMap<>());
      case Opcodes.SETITEM -> setItems(stack.pop(2));
      case Opcodes.SETITEMS -> setItems(stack.popToMark());
      case Opcodes.BINPUT -> memo.put((long) input.unsigned(), stack.peek());
      case Opcodes.LONG_BINPUT -> memo.put(input.littleEndian(4), stack.peek());
      case Opcodes.MEMOIZE -> memo.put((long) memo.size(), stack.peek());
      case Opcodes.BINGET -> stack.push(remembered(input.unsigned()));
      case Opcodes.LONG_BINGET -> stack.push(remembered(input.littleEndian(4)));
      case Opcodes.GLOBAL -> pushGlobal(input.line(), input.line());
      case Opcodes.STACK_GLOBAL -> pushGlobal(stack.pop(2));
      case Opcodes.BINPERSID -> stack.push(vocabulary.persistent(stack.pop()));
      case Opcodes.REDUCE -> call();
      case Opcodes.BUILD -> build();
      default ->
          throw new FormatException("pickle operation " + Opcodes.name(opcode) + " is not allowed");
    }
  }

  private static void checkProtocol(int protocol) {
    if (protocol > HIGHEST_PROTOCOL) {
      throw new FormatException(
          "its pickle protocol is " + protocol + ", expected 0 to " + HIGHEST_PROTOCOL);
    }
  }

  private Object remembered(long index) {
    if (!memo.containsKey(index)) {
      throw new FormatException("the pickle's memo has no entry " + index);
    }
    return memo.get(index);
  }

  private void append(Object... values) {
    if (!(stack.peek() instanceof List<?>)) {
      throw new FormatException("values are appended to an object that is not a list");
    }
    @SuppressWarnings("unchecked")
    List<Object> list = (List<Object>) stack.peek();
    list.addAll(Arrays.asList(values));
  }

  private void setItems(Object[] pairs) {
    if (!(stack.peek() instanceof Map<?, ?>) || pairs.length % 2 != 0) {
      throw new FormatException("keys and values are set on an object that is not a dictionary");
    }
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) stack.peek();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(key(pairs[i]), pairs[i + 1]);
    }
  }

  /**
   * Checks that a dictionary key is a string; hashing a list that contains itself would not
   * terminate.
   */
  private static String key(Object key) {
    if (key instanceof byte[] b) {
      return new String(b, ISO_8859_1);
    }
    if (key instanceof String s) {
      return s;
    }
    throw new FormatException("a dictionary's key is not a string");
  }

  private void pushGlobal(Object... moduleAndName) {
    if (!(moduleAndName[0] instanceof String module)
        || !(moduleAndName[1] instanceof String name)) {
      throw new FormatException("the module or name of a global is not a string");
    }
    Vocabulary.Callee global = vocabulary.named(module, name);
    if (global == null) {
      String full = module + "." + name;
      String brief = full.length() <= LONGEST_NAME ? full : full.substring(0, LONGEST_NAME) + "...";
      throw new FormatException(
          "it names " + brief + ", but only " + vocabulary.allowed() + " are allowed");
    }
    stack.push(global);
  }

  private void call() {
    Object arguments = stack.pop();
    if (!(stack.pop() instanceof Vocabulary.Callee function)
        || !(arguments instanceof Object[] tuple)) {
      throw new FormatException("pickle operation REDUCE calls an object that is not a function");
    }
    Object result = function.call(tuple);
    if (result instanceof byte[] converted) {
      charge(converted);
    }
    stack.push(result);
  }

  /**
   * Limits the total size of converted byte arrays, since a pickle that converts the same text
   * repeatedly could fill the heap.
   */
  private void charge(byte[] converted) {
    budget -= converted.length;
    if (budget < 0) {
      throw new FormatException("its strings expand to more than twice the size of the pickle");
    }
  }

  private void build() {
    Object state = stack.pop();
    Object target = stack.peek();
    if (target instanceof NumpyArray array) {
      array.setState(state);
      charge(array.data());
    } else if (!(target instanceof NumpyDtype)
        && !(target instanceof Map<?, ?> map && vocabulary.dropsAttributes(map))) {
      // a dtype's state holds its byte order and fields, of which uint8 has none
      throw new FormatException("pickle operation BUILD is allowed for arrays only");
    }
  }
}
