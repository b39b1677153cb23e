package dev.quern.presets;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP how to parse the parts of {@code native/include/quern.h} into {@code
 * dev.quern.bindings}. OpenBLAS is not preloaded here: the core hands its file to {@code
 * quern_init}, so that no other copy can be picked. Our own library is not loaded by JavaCPP
 * either, as the # behind its name says, but by {@link NativeFile}: JavaCPP would look for it in
 * other places, too.
 *
 * <p>A {@code void*} becomes a Pointer, whose position counts bytes whatever it points to: callers
 * pass pointers at position 0, such as {@code getPointer(i)} makes.
 */
@Properties(
    inherit = org.bytedeco.javacpp.presets.javacpp.class,
    target = "dev.quern.bindings",
    global = "dev.quern.bindings.Quern",
    value = {
      @Platform(
          include = {
            "quern_base.h",
            "quern_images.h",
            "quern_conv2d.h",
            "quern_windows.h",
            "quern_elements.h",
            "quern_products.h",
            "quern_recurrent.h",
            "quern_norms.h",
            "quern_losses.h",
            "quern_optimizers.h"
          },
          library = "jniquern#")
    })
public class QuernConfig implements InfoMapper {
  @Override
  public void map(InfoMap map) {
    map.put(new Info("QUERN_API").cppTypes().annotations())
        .put(
            new Info("QUERN_NOEXCEPT")
                .cppText("#define QUERN_NOEXCEPT noexcept")
                .cppTypes()
                .annotations("@NoException(true)"))
        // one overload a function rather than three
        .put(new Info("float").valueTypes("float").pointerTypes("FloatPointer"))
        .put(new Info("double").valueTypes("double").pointerTypes("DoublePointer"))
        .put(new Info("int32_t").cast().valueTypes("int").pointerTypes("IntPointer"))
        .put(new Info("int64_t").cast().valueTypes("long").pointerTypes("long[]"))
        .put(new Info("quern_conv2d").pointerTypes("Conv2dDescriptor"))
        .put(new Info("quern_post_ops").pointerTypes("PostOpsDescriptor"))
        .put(new Info("quern_pool2d").pointerTypes("Pool2dDescriptor"))
        .put(new Info("quern_grid_sample").pointerTypes("GridSampleDescriptor"))
        .put(new Info("quern_deform_im2col").pointerTypes("DeformIm2colDescriptor"))
        .put(new Info("quern_resize2d").pointerTypes("Resize2dDescriptor"))
        .put(new Info("quern_activation").pointerTypes("ActivationDescriptor"))
        .put(new Info("quern_linear").pointerTypes("LinearDescriptor"))
        .put(new Info("quern_cross_entropy").pointerTypes("CrossEntropyDescriptor"))
        .put(new Info("quern_dice").pointerTypes("DiceDescriptor"))
        .put(new Info("quern_batch_norm2d").pointerTypes("BatchNorm2dDescriptor"))
        .put(new Info("quern_augment").pointerTypes("AugmentDescriptor"))
        .put(new Info("quern_dropout").pointerTypes("DropoutDescriptor"))
        .put(new Info("quern_group_norm").pointerTypes("GroupNormDescriptor"))
        .put(new Info("quern_layer_norm").pointerTypes("LayerNormDescriptor"))
        .put(new Info("quern_local_response_norm").pointerTypes("LocalResponseNormDescriptor"))
        .put(new Info("quern_matmul").pointerTypes("MatmulDescriptor"))
        .put(
            new Info("quern_scaled_dot_product_attention")
                .pointerTypes("ScaledDotProductAttentionDescriptor"))
        .put(new Info("quern_recurrent").pointerTypes("RecurrentDescriptor"))
        .put(new Info("quern_sgd").pointerTypes("SgdDescriptor"))
        .put(new Info("quern_adam").pointerTypes("AdamDescriptor"))
        .put(new Info("quern_rmsprop").pointerTypes("RmsPropDescriptor"))
        .put(new Info("quern_muon").pointerTypes("MuonDescriptor"));
  }
}
