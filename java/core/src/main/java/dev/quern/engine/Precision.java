package dev.quern.engine;

/**
 * Precision of convolutions: the permitted deviation from plain sums in single precision.
 *
 * <p>Winograd's convolution (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
 * 2015) saves up to three quarters of the multiplications of 3x3 kernels with stride 1. Its
 * rounding errors are about 1e-6 of a tensor's largest magnitude, a few times larger than the
 * errors of plain sums.
 *
 * <p>On processors with AMX, each float32 number is split into three bfloat16 numbers, which are
 * multiplied and added (Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial Intelligence
 * Datatype For Higher-Precision Computations", 2019). Rounding errors are as small as those of
 * plain sums. Numbers below 2^-110 lose precision. A sum that contains an infinity or a number
 * above 3.38e38 becomes NaN.
 *
 * <p>{@link #BF16} is mixed precision, like PyTorch's {@code torch.autocast("cpu", torch.bfloat16)}
 * and oneDNN's {@code fpmath_mode}: factors of products are rounded to bfloat16, everything else is
 * float32, except for values that are stored as bfloat16, see there. It is faster on processors
 * with AMX or AVX-512 BF16 (Zen 4 and later), and uses arm64's {@code bfmmla}. In inference, it is
 * equal to {@link #DEFAULT} on all other processors. In training, factors are rounded on every
 * processor, so that a run can be repeated elsewhere; without such instructions it is slower than
 * {@code DEFAULT}.
 */
public enum Precision {
  /** Permits Winograd's convolution and three-part bfloat16 products where they are faster. */
  DEFAULT,
  /** Permits only plain sums of products in single precision. */
  STRICT,
  /**
   * Like PyTorch's {@code torch.set_float32_matmul_precision("high")}: on processors with AMX, in
   * training and in inference, each factor of a product is the sum of two bfloat16 numbers, and
   * three products of bfloat16 replace the six of {@link #DEFAULT}. A product has a relative error
   * of at most 2^-15, or 2^-17 if the weights are already bfloat16. Convolutions and linear layers
   * use it, as for {@link #BF16}. Equal to {@code DEFAULT} on all other processors.
   */
  HIGH,
  /**
   * Rounds the factors of products to bfloat16, half to even: inputs and weights of convolutions
   * and linear layers and, in training, gradients. The products of the rounded numbers are exact
   * and are added in single precision. Rounding has a relative error of at most 2^-8. Let s be the
   * sum of the products' magnitudes: the error of an output is at most (2^-7 + 2^-16) s, or 2^-8 s
   * if the weights are already bfloat16, plus the rounding errors of the sum.
   *
   * <p>In training, the activations that the backward pass reads are rounded to bfloat16 and stored
   * so, which takes about half the memory of {@link #DEFAULT}. What only one convolution reads, and
   * the gradients between convolutions and batch normalization, are stored as bfloat16 alone. The
   * statistics of batch normalization, sums over the batch, weights and optimizer state are float32
   * or double precision.
   *
   * <p>In inference, the outputs of convolutions that only convolutions, their additions and max
   * pooling read are rounded to bfloat16 and stored so.
   *
   * <p>Some layers multiply in float32: in training, those with fewer than 16 input or output
   * channels per group and depthwise convolutions; in inference, transposed convolutions and linear
   * layers with one row per sample, such as a classifier's last layer; and convolutions for which
   * float32 is faster, for example by Winograd's algorithm. {@code implementations()} of the
   * trainer and of the model returns which layers run in bfloat16: {@code amx} or {@code bf16}.
   */
  BF16
}
