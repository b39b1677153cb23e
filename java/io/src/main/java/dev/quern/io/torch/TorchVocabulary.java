package dev.quern.io.torch;

import dev.quern.error.FormatException;
import dev.quern.io.pickle.Vocabulary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vocabulary of a state_dict's pickle: ordered dictionaries, storages and functions that create
 * tensors.
 */
final class TorchVocabulary implements Vocabulary {
  /** The storages that the pickle names, by key, in the order in which they are named. */
  private final Map<String, Storage> storages = new LinkedHashMap<>();

  /** The class of a storage, allowed only as part of a storage's identifier. */
  private record StorageClass(StorageType type) implements Callee {
    @Override
    public Object call(Object[] arguments) {
      throw new FormatException(
          "the pickle calls the class of a storage, which a state_dict never does");
    }
  }

  Map<String, Storage> storages() {
    return storages;
  }

  @Override
  public @Nullable Callee named(String module, String name) {
    if (module.equals("torch")) {
      StorageType type = StorageType.of(name);
      return type == null ? null : new StorageClass(type);
    }
    return switch (module + "." + name) {
      case "collections.OrderedDict" -> TorchVocabulary::dictionary;
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
          TorchVocabulary::tensor;
      case "torch._utils._rebuild_parameter" -> TorchVocabulary::parameter;
      default -> null;
    };
  }

  @Override
  public String allowed() {
    return "dictionaries of tensors";
  }

  /**
   * Returns true for the {@code _metadata} of a state_dict, which contains versions of its modules.
   */
  @Override
  public boolean dropsAttributes(Map<?, ?> of) {
    return true;
  }

  /**
   * Implements {@code OrderedDict()} or, as written by Python 2, {@code OrderedDict([[key, value],
   * ...])}.
   */
  private static Object dictionary(Object[] arguments) {
    Map<String, Object> made = new LinkedHashMap<>();
    if (arguments.length == 0) {
      return made;
    }
    require(arguments.length == 1 && arguments[0] instanceof List<?>, "OrderedDict");
    for (Object pair : (List<?>) arguments[0]) {
      Object[] both =
          pair instanceof List<?> l ? l.toArray() : pair instanceof Object[] t ? t : new Object[0];
      require(both.length == 2 && both[0] instanceof String, "OrderedDict");
      made.put((String) both[0], both[1]);
    }
    return made;
  }

  /**
   * Implements {@code _rebuild_tensor_v2(storage, offset, size, stride, ...)}; further arguments,
   * which matter only for training, are ignored.
   */
  private static Object tensor(Object[] arguments) {
    require(arguments.length >= 4 && arguments[0] instanceof Storage, "_rebuild_tensor");
    return new TorchTensor(
        (Storage) arguments[0], number(arguments[1]), numbers(arguments[2]), numbers(arguments[3]));
  }

  /** Implements {@code _rebuild_parameter(tensor, requires_grad, hooks)}. */
  private static Object parameter(Object[] arguments) {
    require(arguments.length >= 1 && arguments[0] instanceof TorchTensor, "_rebuild_parameter");
    return arguments[0];
  }

  /**
   * Returns the storage for the identifier {@code ('storage', class, key, place, elements)}; older
   * files append a view, which must be None.
   */
  @Override
  public Object persistent(Object id) {
    if (!(id instanceof Object[] of)
        || of.length < 5
        || !"storage".equals(of[0])
        || !(of[1] instanceof StorageClass known)
        || !(of[2] instanceof String key)
        || of.length > 5 && of[5] != null) {
      throw new FormatException("a persistent id does not name a whole storage");
    }
    Storage storage = new Storage(known.type(), key, number(of[4]));
    storage.bytes(); // within a long
    Storage before = storages.putIfAbsent(key, storage);
    if (before != null && !before.equals(storage)) {
      throw new FormatException("storage " + key + " is described in two ways");
    }
    return storage;
  }

  private static long number(Object value) {
    if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 0) {
      throw new FormatException("a tensor's size, stride or offset is not a nonnegative integer");
    }
    return ((Number) value).longValue();
  }

  private static long[] numbers(Object values) {
    require(values instanceof Object[], "_rebuild_tensor");
    Object[] all = (Object[]) values;
    long[] numbers = new long[all.length];
    for (int i = 0; i < all.length; i++) {
      numbers[i] = number(all[i]);
    }
    return numbers;
  }

  private static void require(boolean rule, String function) {
    if (!rule) {
      throw new FormatException(function + ": unexpected arguments");
    }
  }
}
