package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.Unpickler;

/**
 * Unpickles dictionaries, lists, tuples, numbers, text, bytes and uint8 arrays. The library's
 * interpreter does the plain opcodes; every opcode that names, calls or changes an object is done
 * here, with {@link Global} in place of the library's registry of constructors, which is never
 * consulted. Opcodes that such data do not need are refused.
 */
public final class SafeUnpickler extends Unpickler {
  /**
   * A CIFAR-10 batch needs 30,000 to 90,000; the bound keeps a small file from building millions of
   * objects.
   */
  private static final int MAX_OPCODES = 250_000;

  /** What a message shows of a name. */
  private static final int LONGEST_NAME = 100;

  private final PickleInput bytes;
  private long budget;
  private int opcodes;

  private SafeUnpickler(byte[] pickle) {
    // once as what encode returns, once as an array's content
    this.budget = 2L * pickle.length;
    this.bytes = new PickleInput(pickle);
  }

  /**
   * The object in {@code pickle}: String, Integer, Long, BigInteger, Boolean, byte[], Object[] (a
   * tuple), List, Map with keys of type String, {@link NumpyArray} or null.
   *
   * @param what operation and file, for messages
   * @throws FormatException if the bytes are no pickle, are cut short, or hold anything else
   */
  public static Object load(String what, byte[] pickle) {
    SafeUnpickler unpickler = new SafeUnpickler(pickle);
    try {
      Object value = unpickler.load(unpickler.bytes);
      if (unpickler.bytes.available() > 0) {
        throw new FormatException(unpickler.bytes.available() + " bytes behind the pickle's end");
      }
      return value;
    } catch (FormatException e) {
      throw new FormatException(what + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      // a malformed pickle meets casts, empty stacks and missing memo slots all over the library
      throw new FormatException(what + ": not a whole pickle: " + e.getMessage(), e);
    }
  }

  @Override
  protected Object dispatch(short opcode) throws IOException {
    if (++opcodes > MAX_OPCODES) {
      throw new FormatException("a pickle of more than " + MAX_OPCODES + " operations");
    }
    switch (opcode) {
      case Opcodes.GLOBAL -> pushGlobal(bytes.line(), bytes.line());
      case Opcodes.STACK_GLOBAL -> {
        Object name = stack.pop();
        pushGlobal((String) stack.pop(), (String) name);
      }
      case Opcodes.REDUCE -> call();
      case Opcodes.BUILD -> build();
      case Opcodes.SETITEM -> setItem();
      case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
      case Opcodes.BINSTRING, Opcodes.BINUNICODE, Opcodes.BINBYTES -> {
        checkLength();
        return super.dispatch(opcode);
      }
      default -> {
        if (!isPlain(opcode)) {
          throw new FormatException("pickle operation " + name(opcode) + " is not admitted");
        }
        return super.dispatch(opcode);
      }
    }
    return NO_RETURN_VALUE;
  }

  /** Opcodes of protocols 2 to 5 that make or arrange plain values of at most 255 bytes each. */
  private static boolean isPlain(short opcode) {
    return switch (opcode) {
      case Opcodes.PROTO, Opcodes.FRAME, Opcodes.STOP, Opcodes.MARK -> true;
      case Opcodes.NONE, Opcodes.NEWTRUE, Opcodes.NEWFALSE -> true;
      case Opcodes.BININT, Opcodes.BININT1, Opcodes.BININT2, Opcodes.LONG1 -> true;
      case Opcodes.SHORT_BINSTRING, Opcodes.SHORT_BINUNICODE, Opcodes.SHORT_BINBYTES -> true;
      case Opcodes.EMPTY_TUPLE, Opcodes.TUPLE1, Opcodes.TUPLE2, Opcodes.TUPLE3 -> true;
      case Opcodes.TUPLE, Opcodes.EMPTY_LIST, Opcodes.APPEND, Opcodes.APPENDS -> true;
      case Opcodes.EMPTY_DICT, Opcodes.MEMOIZE, Opcodes.BINPUT, Opcodes.LONG_BINPUT -> true;
      case Opcodes.BINGET, Opcodes.LONG_BINGET -> true;
      default -> false;
    };
  }

  private static String name(short opcode) {
    return switch (opcode) {
      case Opcodes.INST -> "INST";
      case Opcodes.OBJ -> "OBJ";
      case Opcodes.NEWOBJ -> "NEWOBJ";
      case Opcodes.NEWOBJ_EX -> "NEWOBJ_EX";
      case Opcodes.PERSID -> "PERSID";
      case Opcodes.BINPERSID -> "BINPERSID";
      case Opcodes.EXT1, Opcodes.EXT2, Opcodes.EXT4 -> "EXT";
      default -> String.format("0x%02x", opcode);
    };
  }

  private void pushGlobal(String module, String name) {
    Global global = Global.named(module, name);
    if (global == null) {
      String full = module + "." + name;
      String brief = full.length() <= LONGEST_NAME ? full : full.substring(0, LONGEST_NAME) + "...";
      throw new FormatException(
          "it names " + brief + ", which is not admitted; only NumPy's uint8 arrays are");
    }
    stack.add(global);
  }

  private void call() {
    Object[] arguments = (Object[]) stack.pop();
    if (!(stack.pop() instanceof Global function)) {
      throw new FormatException("pickle operation REDUCE calls what is no function");
    }
    Object result = function.call(arguments);
    if (result instanceof byte[] converted) {
      charge(converted);
    }
    stack.add(result);
  }

  /**
   * Text becomes bytes once; a pickle that converts the same text again and again would fill the
   * heap.
   */
  private void charge(byte[] converted) {
    budget -= converted.length;
    if (budget < 0) {
      throw new FormatException("it makes more bytes than it holds");
    }
  }

  private void build() {
    Object state = stack.pop();
    Object target = stack.peek();
    if (target instanceof NumpyArray array) {
      array.setState(state);
      charge(array.data());
    } else if (!(target instanceof NumpyDtype)) {
      // a dtype's state holds its byte order and fields, of which uint8 has none
      throw new FormatException("pickle operation BUILD is admitted for arrays only");
    }
  }

  private void setItem() {
    Object value = stack.pop();
    setItems(Arrays.asList(stack.pop(), value));
  }

  private void setItems(List<Object> pairs) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) stack.peek();
    for (Iterator<Object> i = pairs.iterator(); i.hasNext(); ) {
      map.put(key(i.next()), i.next());
    }
  }

  /** Text keys only: hashing a list that contains itself would never end. */
  private static String key(Object key) {
    if (key instanceof byte[] b) {
      return new String(b, StandardCharsets.ISO_8859_1);
    }
    if (key instanceof String s) {
      return s;
    }
    throw new FormatException("a dictionary's key is not text");
  }

  /** The library allocates what a length claims before it reads; this comes first. */
  private void checkLength() {
    long length = bytes.peekLength();
    if (length > bytes.available() - 4) {
      throw new FormatException(
          "a string of " + length + " bytes where " + bytes.available() + " are left");
    }
  }
}
