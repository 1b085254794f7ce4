"""The messages, made of a table of their fields, as protobuf's classes.

Only fields that mean something here are in the table; a file with another one is refused by name.
`*` marks repeated fields, `=` a default, a name in capitals an enum.
"""

from __future__ import annotations

from typing import Any

from autodiff.data.ground.errors import package

MESSAGES = {
    "BlobShape": "dim:int64*",
    "FillerParameter": """
        type:string=constant value:float=0 min:float=0 max:float=1 mean:float=0 std:float=1
        sparse:int32=-1 variance_norm:VarianceNorm=FAN_IN""",
    "NetStateRule": """
        phase:Phase min_level:int32 max_level:int32 stage:string* not_stage:string*""",
    "NetState": "phase:Phase=TEST level:int32=0 stage:string*",
    "ParamSpec": "name:string lr_mult:float=1 decay_mult:float=1",
    "TransformationParameter": """
        scale:float=1 mirror:bool=false crop_size:uint32=0 mean_file:string mean_value:float*""",
    "LossParameter": "ignore_label:int32 normalization:Normalization=VALID normalize:bool",
    "ArgMaxParameter": "out_max_val:bool=false top_k:uint32=1 axis:int32",
    "BiasParameter": "axis:int32=1 num_axes:int32=1 filler:FillerParameter",
    "CropParameter": "axis:int32=2 offset:uint32*",
    "ContrastiveLossParameter": "margin:float=1 legacy_version:bool=false",
    "EmbedParameter": """
        num_output:uint32 input_dim:uint32 bias_term:bool=true weight_filler:FillerParameter
        bias_filler:FillerParameter""",
    "LogParameter": "base:float=-1 scale:float=1 shift:float=0",
    "PReLUParameter": "filler:FillerParameter channel_shared:bool=false",
    "ReductionParameter": "operation:ReductionOp=REDUCE_SUM axis:int32=0 coeff:float=1",
    "SliceParameter": "axis:int32=1 slice_point:uint32* slice_dim:uint32=1",
    "ThresholdParameter": "threshold:float=0",
    "TileParameter": "axis:int32=1 tiles:int32",
    "AccuracyParameter": "top_k:uint32=1 axis:int32=1 ignore_label:int32",
    "ConcatParameter": "axis:int32=1 concat_dim:uint32=1",
    "ConvolutionParameter": """
        num_output:uint32 bias_term:bool=true pad:uint32* kernel_size:uint32* stride:uint32*
        dilation:uint32* kernel_h:uint32=0 kernel_w:uint32=0 stride_h:uint32=0 stride_w:uint32=0
        pad_h:uint32=0 pad_w:uint32=0 group:uint32=1 weight_filler:FillerParameter
        bias_filler:FillerParameter engine:Engine""",
    "DataParameter": """
        source:string batch_size:uint32 backend:Backend=LEVELDB prefetch:uint32=4""",
    "DropoutParameter": "dropout_ratio:float=0.5",
    "DummyDataParameter": "data_filler:FillerParameter* shape:BlobShape*",
    "EltwiseParameter": "operation:EltwiseOp=SUM coeff:float*",
    "ELUParameter": "alpha:float=1",
    "FlattenParameter": "axis:int32=1 end_axis:int32=-1",
    "HDF5DataParameter": "source:string batch_size:uint32 shuffle:bool=false",
    "HingeLossParameter": "norm:Norm=L1",
    "InnerProductParameter": """
        num_output:uint32 bias_term:bool=true weight_filler:FillerParameter
        bias_filler:FillerParameter axis:int32=1 transpose:bool=false""",
    "InputParameter": "shape:BlobShape*",
    "LRNParameter": """
        local_size:uint32=5 alpha:float=1 beta:float=0.75 k:float=1
        norm_region:NormRegion=ACROSS_CHANNELS engine:Engine""",
    "MemoryDataParameter": "batch_size:uint32 channels:uint32 height:uint32 width:uint32",
    "PoolingParameter": """
        pool:PoolMethod=MAX pad:uint32=0 pad_h:uint32=0 pad_w:uint32=0 kernel_size:uint32
        kernel_h:uint32 kernel_w:uint32 stride:uint32=1 stride_h:uint32 stride_w:uint32
        global_pooling:bool=false engine:Engine""",
    "PowerParameter": "power:float=1 scale:float=1 shift:float=0",
    "PythonParameter": "module:string layer:string param_str:string",
    "ReLUParameter": "negative_slope:float=0 engine:Engine",
    "ReshapeParameter": "shape:BlobShape axis:int32=0 num_axes:int32=-1",
    "BatchNormParameter": """
        use_global_stats:bool moving_average_fraction:float=0.999 eps:float=0.00001""",
    "ScaleParameter": """
        axis:int32=1 num_axes:int32=1 filler:FillerParameter bias_term:bool=false
        bias_filler:FillerParameter""",
    "SigmoidParameter": "engine:Engine",
    "SoftmaxParameter": "axis:int32=1 engine:Engine",
    "TanHParameter": "engine:Engine",
    "LayerParameter": """
        name:string type:string bottom:string* top:string* phase:Phase loss_weight:float*
        param:ParamSpec* propagate_down:bool* include:NetStateRule* exclude:NetStateRule*
        transform_param:TransformationParameter loss_param:LossParameter
        accuracy_param:AccuracyParameter batch_norm_param:BatchNormParameter
        concat_param:ConcatParameter convolution_param:ConvolutionParameter
        data_param:DataParameter dropout_param:DropoutParameter
        dummy_data_param:DummyDataParameter eltwise_param:EltwiseParameter
        elu_param:ELUParameter flatten_param:FlattenParameter hdf5_data_param:HDF5DataParameter
        hinge_loss_param:HingeLossParameter inner_product_param:InnerProductParameter
        input_param:InputParameter lrn_param:LRNParameter memory_data_param:MemoryDataParameter
        pooling_param:PoolingParameter power_param:PowerParameter python_param:PythonParameter
        relu_param:ReLUParameter reshape_param:ReshapeParameter scale_param:ScaleParameter
        sigmoid_param:SigmoidParameter softmax_param:SoftmaxParameter tanh_param:TanHParameter
        argmax_param:ArgMaxParameter bias_param:BiasParameter
        contrastive_loss_param:ContrastiveLossParameter embed_param:EmbedParameter
        log_param:LogParameter prelu_param:PReLUParameter reduction_param:ReductionParameter
        slice_param:SliceParameter crop_param:CropParameter
        threshold_param:ThresholdParameter tile_param:TileParameter""",
    "NetParameter": """
        name:string input:string* input_shape:BlobShape* input_dim:int32*
        force_backward:bool=false state:NetState debug_info:bool=false layer:LayerParameter*""",
    "SolverParameter": """
        net:string net_param:NetParameter train_net:string test_net:string*
        train_net_param:NetParameter test_net_param:NetParameter* train_state:NetState
        test_state:NetState* test_iter:int32* test_interval:int32=0 test_compute_loss:bool=false
        test_initialization:bool=true base_lr:float display:int32 average_loss:int32=1
        max_iter:int32 iter_size:int32=1 lr_policy:string gamma:float power:float momentum:float
        weight_decay:float regularization_type:string=L2 stepsize:int32 stepvalue:int32*
        clip_gradients:float=-1 snapshot:int32=0 snapshot_prefix:string
        snapshot_format:SnapshotFormat=BINARYPROTO solver_mode:SolverMode=GPU device_id:int32=0
        random_seed:int64=-1 type:string=SGD delta:float=1e-8 momentum2:float=0.999
        rms_decay:float=0.99 debug_info:bool=false snapshot_after_train:bool=true""",
}
ENUMS = {
    "Phase": "TRAIN TEST",
    "VarianceNorm": "FAN_IN FAN_OUT AVERAGE",
    "Normalization": "FULL VALID BATCH_SIZE NONE",
    "PoolMethod": "MAX AVE",
    "Backend": "LEVELDB LMDB",
    "EltwiseOp": "PROD SUM MAX",
    "Norm": "_ L1 L2",
    "NormRegion": "ACROSS_CHANNELS WITHIN_CHANNEL",
    "ReductionOp": "_ REDUCE_SUM REDUCE_ASUM REDUCE_SUMSQ REDUCE_MEAN",
    "Engine": "DEFAULT CAFFE CUDNN",
    "SnapshotFormat": "HDF5 BINARYPROTO",
    "SolverMode": "CPU GPU",
}
"""The names of each enum, numbered from 0.  They stand inside the message that uses them."""


def _classes() -> dict[str, Any]:
    """The table as protobuf's message classes."""
    pb = package("google.protobuf.descriptor_pb2", "Caffe's files")
    pool = package("google.protobuf.descriptor_pool", "Caffe's files").DescriptorPool()
    factory = package("google.protobuf.message_factory", "Caffe's files")
    kinds = pb.FieldDescriptorProto
    file = pb.FileDescriptorProto(name="autodiff_caffe.proto", package="caffe", syntax="proto2")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        inner = dict.fromkeys(t for _, t, _, _ in map(_field, fields.split()) if t in ENUMS)
        for enum in inner:
            made = message.enum_type.add(name=enum)
            for number, value in enumerate(ENUMS[enum].split()):
                made.value.add(
                    name=value if value != "_" else f"{enum.upper()}_NONE", number=number
                )
        for number, (own, kind, many, default) in enumerate(map(_field, fields.split()), 1):
            field = message.field.add(name=own, number=number)
            field.label = kinds.LABEL_REPEATED if many else kinds.LABEL_OPTIONAL
            if kind in ENUMS:
                field.type, field.type_name = kinds.TYPE_ENUM, f".caffe.{name}.{kind}"
            elif kind in MESSAGES:
                field.type, field.type_name = kinds.TYPE_MESSAGE, f".caffe.{kind}"
            else:
                field.type = getattr(kinds, f"TYPE_{kind.upper()}")
            if default is not None:
                field.default_value = default
    pool.Add(file)
    found = {}
    for name in MESSAGES:
        found[name] = factory.GetMessageClass(pool.FindMessageTypeByName(f"caffe.{name}"))
    return found


def _field(text: str) -> tuple[str, str, bool, str | None]:
    name, _, kind = text.partition(":")
    kind, _, default = kind.partition("=")
    return name, kind.rstrip("*"), kind.endswith("*"), default or None


_made: dict[str, Any] = {}


def __getattr__(name: str) -> Any:
    if name in MESSAGES:
        if not _made:
            _made.update(_classes())
        return _made[name]
    for enum, values in ENUMS.items():
        if name in values.split() and enum == "Phase":
            return values.split().index(name)
    raise AttributeError(f"there is no message {name!r} here")
