namespace Tacit.Inference.Video.Decoding;

/// <summary>The formats in which ffmpeg and ffprobe open files.</summary>
/// <remarks>
/// ffmpeg recognises the format by the contents of a file and refuses all others before it reads them further. Formats that
/// make ffmpeg open more files (playlists, numbered images), devices and texts are not among them. Sound formats are, so that a
/// file of sound is reported as such.
/// </remarks>
internal static class InputFormats
{
    /// <summary>The names of the allowed formats, separated by commas, as the option <c>-format_whitelist</c> takes them.</summary>
    public const string Allowed =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,live_flv,kux,asf,asf_o,ogg,mxf,mxf_opatom,"
        + "gif,apng,jpegxl_anim,h261,h263,h264,hevc,vvc,evc,av1,obu,ivf,m4v,vc1,vc1test,dirac,cavsvideo,avs2,avs3,dnxhd,mjpeg,mjpeg_2000,"
        + "mpjpeg,ingenient,smjpeg,yuv4mpegpipe,nut,nuv,nsv,rm,ivr,swf,wtv,ty,dv,gxf,lxf,r3d,cine,mlv,ser,fits,filmstrip,film_cpk,ipu,"
        + "v210,v210x,bitpacked,dhav,pva,pmp,roq,flic,smk,bink,bfi,bmv,bethsoftvid,c93,cdg,cdxl,4xm,3dostr,anm,amv,argo_brp,"
        + "argo_cvg,avs,derf,dsicin,dxa,ea,ea_cdata,frm,gdv,hnm,idcin,iff,ifv,ipmovie,iv8,jv,lmlm4,lvf,mgsts,mm,mods,moflex,msnwctcp,mtv,"
        + "mv,mvi,mxg,nc,paf,pp_bnk,psxstr,rl2,rpl,sdr2,sga,siff,simbiosis_imx,smush,svs,thp,tiertexseq,tmv,txd,usm,vidc,vividas,vivo,vmd,"
        + "vqf,wc3movie,wsvqa,xmv,yop,wv,wav,w64,mp3,aac,ac3,eac3,dts,flac,aiff,au,caf,amr,ape,tta,truehd,mlp,voc,loas,spdif";

    /// <summary>Says what a refused file is, in words that follow "is not a video but".</summary>
    /// <param name="format">The name of the format in ffmpeg.</param>
    public static string Describe(string format) =>
        format is "tty" ? "a text"
        : format is "concat" or "hls" or "dash" or "imf" or "webm_dash_manifest" or "sdp" or "vobsub"
            ? $"a list of files ({format}), which is not opened; give the videos that it names"
        : format is "image2" or "alias_pix" or "brender_pix" || format.EndsWith("_pipe", StringComparison.Ordinal) ? "an image"
        : $"a file of the format {format}";
}
